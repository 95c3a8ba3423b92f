import type { SettingName, SpaceportErrorCode } from "@spaceport/core";

/** What an error of an endpoint means, where its words or codes are not those that everybody else uses. */
export interface ErrorRule {
	/** The HTTP status. Leave it out where any will do, also that of an error inside of a stream. */
	readonly status?: number;
	/** The error's `code`, as text, in any case. */
	readonly code?: string;
	/** The error's `type`, in any case. */
	readonly type?: string;
	/** A whole phrase of its message, in lower case. */
	readonly words?: string;
	/** The class that it gets. `model-gone` is a model that is not offered any more: `no-such-model`. */
	readonly is:
		| Extract<
				SpaceportErrorCode,
				| "authentication"
				| "content-filtered"
				| "context-length"
				| "generation"
				| "invalid-request"
				| "network"
				| "no-such-model"
				| "protocol"
				| "queue-full"
				| "quota-exceeded"
				| "rate-limited"
				| "unsupported"
		  >
		| "model-gone";
	/** What the user can do. */
	readonly hint?: string;
}

/**
 * How an endpoint differs from the one that all others imitate. It is data: what is sent is changed by `applyQuirks` alone, and what comes is read by one reader.
 * Where nothing is said, the endpoint takes and gives what OpenAI's chat completions do.
 */
export interface Quirks {
	/** The settings that it does not honour, or refuses: they are not sent, and the answer's warnings say so, or the provider is not asked (`unsupportedParameters`). */
	readonly lacks?: readonly SettingName[];
	/** Fields that it refuses. They are taken out of what `providerOptions` says, with a warning: `["logprobs", "logit_bias"]`. */
	readonly refuses?: readonly string[];
	/** Other names of fields on the wire: `{ seed: "random_seed", max_tokens: "max_completion_tokens" }`. */
	readonly fields?: Readonly<Record<string, string>>;
	/** Fields of the wire that are sent unless the request sets them: `{ max_tokens: 8192 }`. */
	readonly defaults?: Readonly<Record<string, unknown>>;
	/** Fields of the wire that are sent with every request that has tools, unless `providerOptions` sets them: `{ parallel_tool_calls: false }`. */
	readonly withTools?: Readonly<Record<string, unknown>>;
	/** The least and the most tokens that an answer may be limited to. Other limits are moved there, with a warning. */
	readonly maxTokens?: { readonly least?: number; readonly most?: number };
	/** `stop` is always a list. @default false */
	readonly stopAsList?: boolean;
	/**
	 * How a message's content is written: `text` is always one string, so that images and files are `unsupported`; `parts` is always a list. By default it is a string where
	 * there is nothing but text, a list where there is more, and null beside the calls of tools.
	 */
	readonly content?: "parts" | "text";
	/** Messages may not have the `name` of who speaks. @default true */
	readonly names?: false;
	/** It does not stream: it is asked for the whole answer, which is given as one delta. @default true */
	readonly streaming?: false;
	/** It refuses `stream_options`, which ask for the usage of an answer that is streamed. @default true */
	readonly streamUsage?: false;
	/** Keywords that are taken out of the schemas of tools, at any depth: `{ omit: ["additionalProperties", "$schema"] }`. */
	readonly toolSchemas?: { readonly omit: readonly string[] };
	/**
	 * What becomes of JSON mode without a schema: `schema` sends a schema that allows any object, `refuse` leaves it out with a warning. By default it is sent as
	 * `{ type: "json_object" }`.
	 */
	readonly jsonObject?: "schema" | "refuse";
	/**
	 * What becomes of JSON by a schema: `object` sends JSON mode, and the schema in words, `refuse` leaves it out with a warning. By default it is sent as
	 * `{ type: "json_schema", … }`.
	 */
	readonly jsonSchema?: "object" | "refuse";
	/**
	 * How reasoning stands in the text of an answer. `think-tags`: a `<think>` block at the beginning is reasoning. `open-think`: the answer begins inside of such a block,
	 * whose opening tag was part of the prompt. `none`: text is text. Reasoning in fields of its own is found in any case.
	 *
	 * @default "think-tags"
	 */
	readonly reasoning?: "think-tags" | "open-think" | "none";
	/** Answers that are just this are empty ones, such as the verdict of a filter: `["safe", "unsafe"]`. In any case, with white space around. */
	readonly emptyAnswers?: readonly string[];
	/** `none`: what it calls usage is something else. @default "tokens" */
	readonly usage?: "tokens" | "none";
	/** What happens where the answer is another model's than the one that was asked for. @default "warn" */
	readonly otherModel?: "warn" | "error" | "ignore";
	/** Names that stand for whichever model it picks: that the answer is another's is what they are for, and no reason to warn. */
	readonly routers?: readonly string[];
	/** An answer that has reasoning and no text is its reasoning. @default false */
	readonly answerInReasoning?: boolean;
	/** The calls of tools that it could not read itself are in its error, as `failed_generation`: they are read there. @default false */
	readonly failedGeneration?: boolean;
	/** The header that the key goes in, as it is: `api-key`. By default `Authorization`, after `Bearer`. */
	readonly keyHeader?: string;
	/** The `User-Agent`, where the usual one is refused. */
	readonly userAgent?: string;
	/** What its errors mean, where that is not found by the usual rules. The first that fits counts. */
	readonly errors?: readonly ErrorRule[];
	/** Where its list of models is: a path after the base URL, or a whole address of the same origin. @default "/models" */
	readonly modelList?: string;
	/** How many texts one request for embeddings may have. @default 2048 */
	readonly embeddingInputs?: number;
	/**
	 * Where it tells whether it is well and the key is good, without spending tokens; a path or an address as in `modelList`. `false`: nowhere.
	 *
	 * @default that of the list of models
	 */
	readonly probe?:
		| { readonly path: string /** Statuses that tell nothing, neither good nor bad. */; readonly inconclusive?: readonly number[] }
		| false;
}
