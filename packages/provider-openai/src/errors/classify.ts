import type { ErrorRule, Quirks } from "../quirks.ts";
import type { SaidError } from "./read-error.ts";

/** What an error is. */
export type ErrorClass = Exclude<ErrorRule["is"], "model-gone">;

/** What an error is known by. */
export interface Seen {
	/** Undefined where it stood in an answer whose status was that of success, and it names none. */
	readonly status: number | undefined;
	readonly said: SaidError;
	/** Whether a model was asked, so that what is not there may be the model. */
	readonly asksModel: boolean;
	/** Whether it came as a web page, as from what stands before an endpoint. */
	readonly isPage: boolean;
}

/** Codes and types, in any case, by what they mean whatever the status. The first that fits counts. */
const byCode: readonly (readonly [ErrorClass, ReadonlySet<string>])[] = [
	[
		"context-length",
		new Set([
			...["context_length_exceeded", "context_window_exceeded", "model_context_window_exceeded", "contextwindowexceedederror"],
			...["exceed_context_size_error", "tokens_limit_reached", "prompt_too_long", "input_too_long", "context_size_exceeded"],
			"model_max_prompt_tokens_exceeded",
		]),
	],
	[
		"content-filtered",
		new Set([
			...["content_filter", "content_filtered", "content_policy_violation", "contentpolicyviolationerror", "responsibleaipolicyviolation"],
			...["content_moderation", "moderation_blocked", "data_inspection_failed", "datainspectionfailed", "prohibited_content"],
			...["sensitivecontentdetected", "inputtextsensitivecontentdetected", "outputtextsensitivecontentdetected"],
		]),
	],
	[
		"quota-exceeded",
		new Set([
			...["insufficient_quota", "insufficient_credits", "insufficient_balance", "insufficient_user_quota", "credits_exhausted"],
			...["billing_hard_limit_reached", "billing_not_active", "exceeded_current_quota_error", "quota_exceeded", "payment_required"],
		]),
	],
	[
		"no-such-model",
		new Set([
			...["model_not_found", "model_not_exist", "model_not_available", "model_not_supported", "unknown_model", "invalid_model"],
			...["model_decommissioned", "model_deprecated", "deploymentnotfound", "no_such_model"],
		]),
	],
	[
		"rate-limited",
		new Set([
			...["rate_limit_exceeded", "rate_limit_error", "rate_limited", "ratelimitexceeded", "ratelimiterror", "too_many_requests"],
			...["resource_exhausted", "throttlingexception", "requests_limit_exceeded"],
		]),
	],
	[
		"authentication",
		new Set([
			...["invalid_api_key", "api_key_invalid", "missing_api_key", "expired_api_key", "incorrect_api_key", "invalid_key", "invalid_token"],
			...["invalid_authentication", "invalid_authentication_error", "authentication_error", "authenticationerror", "unauthenticated"],
			...["unauthorized", "permission_denied", "account_deactivated"],
			// LiteLLM without a database, which it looks other keys than its own up in.
			"no_db_connection",
		]),
	],
	[
		"queue-full",
		new Set(["overloaded_error", "engine_overloaded", "engine_overloaded_error", "model_overloaded", "server_overloaded", "over_capacity"]),
	],
	["generation", new Set(["tool_use_failed", "json_validate_failed", "output_parse_failed"])],
	[
		"unsupported",
		new Set(["unsupported_parameter", "unsupported_value", "unsupported_media_type", "unsupported_country_region_territory"]),
	],
];

/** Codes that mean something only where no status says more. */
const byCodeAlone: readonly (readonly [ErrorClass, ReadonlySet<string>])[] = [
	["network", new Set(["unavailable", "service_unavailable", "service_unavailable_error", "unavailable_error", "bad_gateway", "timeout"])],
	["unsupported", new Set(["invalid_request_error", "badrequesterror", "bad_request", "invalid_argument"])],
	["no-such-model", new Set(["notfounderror", "not_found_error", "not_found"])],
];

/** Whole phrases, in lower case, for servers that have no code for it. The first that fits counts. */
const byWords: readonly (readonly [ErrorClass, readonly RegExp[]])[] = [
	[
		"context-length",
		[
			/\bmaximum context length\b/,
			/\bmaximum (?:model|prompt|supported sequence) length\b/,
			/\b(?:context (?:length|size|window|limit)|token limit) (?:has been |was |is )?exceeded\b/,
			/\bexceed(?:s|ed|ing)? (?:the |this |its |your )?(?:model(?:'?s)? )?(?:max(?:imum)? |available |allowed )?(?:context (?:length|size|window|limit)|token limit|max(?:imum)? message tokens)\b/,
			/\b(?:prompt|input|conversation|request) (?:is )?too long\b/,
			/\bmust have (?:less|fewer) than [\d,]+ tokens\b/,
			/\btokens in the prompt cannot exceed\b/,
			/\brange of input length should be\b/,
			/\b(?:not exceed|less than) max_(?:num_tokens|seq_len)\b/,
			/\bcontextwindowexceedederror\b/,
			/\btoo large for model with [\d,]+ maximum context length\b/,
			/\binput token count\b.*\bexceeds the maximum number of tokens\b/,
			/\btokens \+ `?max_new_tokens`? must be <=/,
			/\bloaded with context length of\b/,
			/\b(?:greater|longer) than the (?:model'?s )?(?:maximum )?context length\b/,
			/\breduce the length of (?:the|your) (?:messages|prompt|input)\b/,
		],
	],
	[
		"content-filtered",
		[
			/\bcontent management policy\b/,
			/\bcontent policy violation\b|\bcontentpolicyviolationerror\b/,
			/\bviolat(?:e|es|ed|ing) (?:(?:our|the|openai'?s) )?(?:content|usage|safety) (?:polic(?:y|ies)|guidelines)\b/,
			/\b(?:rejected by|as a result of|blocked by) (?:our|the) (?:safety system|content filter)\b/,
			/\bmay contain (?:inappropriate content|sensitive information)\b/,
			/\bcontent exists risk\b/,
			/敏感内容/,
			/\bwas flagged\b/,
		],
	],
	[
		"authentication",
		[
			/\b(?:api[ -]?key|token|credentials?) (?:is |was |has )?(?:not valid|invalid|incorrect|missing|expired|revoked|disabled)\b/,
			/\b(?:invalid|incorrect|missing|expired|no|wrong) (?:api[ -]?key|authentication|credentials?|access token|bearer token)\b/,
		],
	],
	[
		"quota-exceeded",
		[
			/\binsufficient (?:balance|credits?|funds|quota)\b/,
			/\b(?:exceeded|used up) your (?:current |monthly |included )+(?:quota|credits?)\b/,
			/\b(?:out of|not enough|run out of) credits?\b/,
			/\bcredit balance is too low\b/,
		],
	],
	["rate-limited", [/\brate[ -]limit(?:ed|s)? (?:exceeded|reached)\b/, /\btoo many requests\b/, /\brate limit reached for\b/]],
	[
		"unsupported",
		[
			/\b(?:does not|doesn't|do not|cannot) support\b/,
			/\bno endpoints found that support\b/,
			/\bis not a multimodal model\b/,
			/\b(?:image|audio|video|file|tool|function|vision)s?(?: (?:input|calling|use|calls?))?s? (?:is|are) not supported\b/,
			/\b(?:unsupported|unrecognized|unknown|extra|invalid) (?:parameter|value|field|argument)s?\b/,
		],
	],
	[
		"no-such-model",
		[
			/\bmodels?\b.{0,160}?\b(?:not found|does not exist|doesn't exist|not exist|decommissioned|deprecated|been retired|no longer (?:available|supported)|end of life)\b/,
			/\b(?:no endpoints found|unknown model|no such model|invalid model|is not a valid model)\b/,
			/\bno (?:available )?(?:provider|channel|worker|backend)s? (?:found |available )?(?:for|can serve|serving)\b/,
		],
	],
	// LM Studio says so with 200.
	["protocol", [/\bunexpected endpoint or method\b/]],
	["queue-full", [/\b(?:server|model|engine|service)\b.{0,40}\b(?:is|are) (?:currently |temporarily )?overloaded\b/, /\bat capacity\b/]],
];

/**
 * What an error is: by the endpoint's own rules, then by its code or type, then by its status, and by its words where these leave it open. Numbers in words never count.
 *
 * @param seen - what it is known by
 * @param quirks - the endpoint's
 */
export function classify(seen: Seen, quirks: Quirks): { readonly is: ErrorClass; readonly hint?: string | undefined } {
	const rule = findRule(seen, quirks);
	if (rule !== undefined) return { is: rule.is === "model-gone" ? "no-such-model" : rule.is, hint: rule.hint };
	return { is: classifyByItself(seen) };
}

function findRule({ status, said }: Seen, { errors }: Quirks): ErrorRule | undefined {
	const words = said.message.toLowerCase();
	return errors?.find((rule) => fits(rule, status ?? said.status, said, words));
}

function classifyByItself(seen: Seen): ErrorClass {
	const { said, asksModel, isPage } = seen;
	const status = seen.status ?? said.status;
	const words = said.message.toLowerCase();
	if (said.codes.has("resource_exhausted") && [...said.codes].some((code) => code.includes("perday"))) return "quota-exceeded";
	const known = byCode.find(([, codes]) => [...said.codes].some((code) => codes.has(code)))?.[0];
	// A model that is not there for this key is named so by some with a status of their own; what is not a model was not found.
	if (known !== undefined && (known !== "no-such-model" || asksModel)) return known;
	return (
		byStatus(status, words, asksModel, isPage) ??
		byCodeAlone.find(([, codes]) => [...said.codes].some((code) => codes.has(code)))?.[0] ??
		"generation"
	);
}

/** Undefined where there is no status. */
function byStatus(status: number | undefined, words: string, asksModel: boolean, isPage: boolean): ErrorClass | undefined {
	const said = byWords.find(([is, phrases]) => (is !== "no-such-model" || asksModel) && phrases.some((phrase) => phrase.test(words)))?.[0];
	const among = (...classes: readonly ErrorClass[]): ErrorClass | undefined =>
		said !== undefined && classes.includes(said) ? said : undefined;
	switch (status) {
		case undefined:
			return said;
		case 401:
			return "authentication";
		case 402:
			return "quota-exceeded";
		case 403:
			// A page that bars the way says nothing of the key, which would rest until somebody looks at it.
			return among("content-filtered", "quota-exceeded") ?? (isPage ? "network" : "authentication");
		case 404:
			return among("no-such-model", "unsupported") ?? "protocol";
		case 410:
			return asksModel ? "no-such-model" : "protocol";
		case 413:
			return among("rate-limited") ?? "context-length";
		case 429:
			return among("quota-exceeded") ?? "rate-limited";
		case 529:
			return "queue-full";
		case 408:
		case 409:
		case 425:
			return "network";
		case 400:
		case 422:
			return said ?? "unsupported";
		default:
			if (status < 500) return said ?? "protocol";
			if (status === 500) return among("context-length", "content-filtered", "no-such-model", "queue-full", "unsupported") ?? "generation";
			return among("queue-full") ?? (status === 501 ? "unsupported" : "network");
	}
}

function fits(rule: ErrorRule, status: number | undefined, said: SaidError, words: string): boolean {
	return (
		(rule.status === undefined || rule.status === status) &&
		(rule.code === undefined || said.codes.has(rule.code.toLowerCase()) || said.code === rule.code.toLowerCase()) &&
		(rule.type === undefined || said.codes.has(rule.type.toLowerCase()) || said.type === rule.type.toLowerCase()) &&
		(rule.words === undefined || words.includes(rule.words.toLowerCase()))
	);
}
