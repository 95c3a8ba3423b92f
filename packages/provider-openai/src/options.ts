import { InvalidRequestError, type LimitOptions, type Logger, type ModelInfo, type Timeouts } from "@spaceport/core";
import { checkHeaders, checkToken, type Fetch, lowerCased, type Secrets } from "@spaceport/http";

import type { Quirks } from "./quirks.ts";

/** How an endpoint that speaks as OpenAI does is asked. */
export interface OpenAICompatibleOptions {
	/** What the provider is registered under. */
	readonly name: string;
	/** Where its chat completions are, without these: `http://127.0.0.1:8000/v1`. A slash at its end is no matter, and a query goes along with every request. */
	readonly baseUrl: string | URL;
	/** Sent as bearer with every request to this endpoint, and to nobody else. Leave it out where none is needed. */
	readonly apiKey?: string | undefined;
	/** Several keys, used in turn: one that is refused or used up rests alone. They are named `key-1`, `key-2` and so on, and never shown. */
	readonly apiKeys?: readonly string[] | undefined;
	/**
	 * Its models, as ids or with what they can do; the first is asked where none is named. Without them any id is taken as it is; where none is named either, the server is
	 * asked once for its list, and its first model for chats is taken.
	 *
	 * @default []
	 */
	readonly models?: readonly (string | ModelInfo)[] | undefined;
	/** Whether it has other models than `models`, which are asked as well where they are named. @default false */
	readonly otherModels?: boolean | undefined;
	/** Sent with every request, in place of others of the same name. */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/** Sends the requests. @default the global fetch, looked up at each call */
	readonly fetch?: Fetch | undefined;
	/** How it differs from the endpoint that all imitate. @default it does not */
	readonly quirks?: Quirks | undefined;
	/** How often it may be asked; with several keys, for each of them. @default the chain's */
	readonly limits?: Partial<LimitOptions> | undefined;
	/**
	 * Its own deadlines, such as a longer `firstChunkMs` for a server that loads a model before it says anything. `connectMs` ends the wait for one that gives no sign of
	 * life; one that is there has until the deadline of the first content.
	 *
	 * @default the chain's
	 */
	readonly timeouts?: Partial<Timeouts> | undefined;
	/** Gets what is skipped. @default the Spaceport's */
	readonly logger?: Logger | undefined;
}

/** The options in the form that all else works with. */
export interface Settings {
	readonly name: string;
	readonly baseUrl: URL;
	/** At least one; undefined is no key. */
	readonly keys: readonly (string | undefined)[];
	/** Whether they have names. */
	readonly hasKeys: boolean;
	readonly models: readonly ModelInfo[];
	readonly otherModels: boolean;
	/** By names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly fetch: Fetch | undefined;
	readonly quirks: Quirks;
	readonly limits: Partial<LimitOptions> | undefined;
	readonly timeouts: Partial<Timeouts>;
	readonly logger: Logger | undefined;
	/** What must not stand in any text. */
	readonly secrets: Secrets;
}

/**
 * Looks at the options.
 *
 * @param options - the caller's
 * @throws InvalidRequestError, which shows no secret, where one of them is not well-formed
 */
export function completeOptions(options: OpenAICompatibleOptions): Settings {
	const { name, apiKey, apiKeys, models = [], headers = {}, quirks = {}, timeouts = {}, fetch, limits, logger } = options;
	if (typeof name !== "string" || name.trim() === "") throw invalid("name", `is ${show(name)}, and must be a name`);
	if (apiKeys !== undefined && !Array.isArray(apiKeys)) throw invalid("apiKeys", "is no list of keys");
	if (apiKey && apiKeys !== undefined) throw invalid("apiKeys", "cannot be given beside apiKey; give all keys in one of them");
	checkToken("apiKey", apiKey || undefined);
	for (const [index, key] of (apiKeys ?? []).entries()) checkToken(`apiKeys[${index}]`, key ?? "");
	checkHeaders(headers);
	const keys = apiKeys !== undefined && apiKeys.length > 0 ? [...new Set(apiKeys)] : [apiKey || undefined];
	const baseUrl = readBaseUrl(options.baseUrl);
	return {
		name,
		baseUrl,
		keys,
		hasKeys: apiKeys !== undefined && apiKeys.length > 0,
		otherModels: options.otherModels === true,
		models: models.map((model) => (typeof model === "string" ? { id: model } : model)),
		headers: lowerCased(headers),
		fetch,
		quirks,
		limits,
		timeouts,
		logger,
		secrets: {
			values: [...keys, ...[...baseUrl.searchParams].flatMap(([key, value]) => (/key|token|secret|sig/i.test(key) ? [value] : []))],
			headers,
		},
	};
}

function readBaseUrl(given: unknown): URL {
	const text = given instanceof URL ? given.href : given;
	const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !/^https?:$/.test(url.protocol)) {
		throw invalid("baseUrl", `is ${show(given)}, and must be an address such as "http://127.0.0.1:8000/v1"`);
	}
	if (url.username !== "" || url.password !== "") throw invalid("baseUrl", "has a user or a password in it, which has to go into headers");
	url.hash = "";
	url.pathname = url.pathname.replace(/\/+$/, "");
	const added = "/chat/completions";
	if (url.pathname.endsWith(added)) throw invalid("baseUrl", `is ${show(text)}, and must be without "${added}", which is added to it`);
	return url;
}

function show(value: unknown): string {
	// An address may have a key in it.
	return typeof value === "string" ? JSON.stringify(value.replace(/\/\/.*@/s, "//").replace(/[?#].*$/s, "")) : typeof value;
}

function invalid(path: string, words: string): InvalidRequestError {
	return new InvalidRequestError(`The option ${path} ${words}.`, { path });
}
