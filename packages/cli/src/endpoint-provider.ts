import { type AsyncGeneratorProvider, InvalidRequestError, isSpaceportError, type ModelInfo } from "@spaceport/core";
import createFromConfiguration, { type Endpoint, findEndpoint } from "@spaceport/provider-openai";

import type { Environment } from "./environment.ts";
import { isLoopback } from "./takes-token.ts";

/** The package of the endpoints that are known by name. */
export const endpointPackage = "@spaceport/provider-openai";

type Options = Readonly<Record<string, unknown>>;

/** Whether a name is that of an endpoint that is known, such as `groq`. */
export function isEndpoint(name: string): boolean {
	return findEndpoint(name) !== undefined;
}

/** An endpoint that is to become a provider. */
export interface NamedEndpoint {
	/** Whether it is reached over the network, and not on this machine. */
	readonly network: boolean;
	/** Its models, as far as they are known. */
	readonly models: readonly ModelInfo[];
	/**
	 * Makes its provider, with its key and its account from the environment where the options say nothing of these. Keys go to their own endpoint and to servers on this
	 * machine, and to nobody else.
	 *
	 * @throws InvalidRequestError that names the variable where the key is missing, or the option that is wrong
	 */
	create(): AsyncGeneratorProvider;
}

/**
 * Finds out what is known of an endpoint, or of any server that speaks as OpenAI does.
 *
 * @param name - what its provider is registered under
 * @param reference - the endpoint; undefined where it is a server of the user's own
 * @param given - the options in the configuration
 * @param environment - where keys are read
 */
export function readEndpoint(name: string, reference: unknown, given: Options, environment: Pick<Environment, "key">): NamedEndpoint {
	// One that is not known is refused where the provider is made.
	const endpoint = typeof reference === "string" ? findEndpoint(reference) : undefined;
	return {
		network: !isOnThisMachine(given.baseUrl ?? endpoint?.baseUrl),
		models: endpoint?.models ?? [],
		create() {
			const own = endpoint === undefined ? {} : { ...readAccount(endpoint, given, environment), ...readKey(endpoint, given, environment) };
			const options = { name, ...own, ...given, ...(reference !== undefined && { endpoint: reference }) };
			try {
				return createFromConfiguration(options);
			} catch (error) {
				const lacksKey = isSpaceportError(error, "invalid-request") && error.path === "apiKey" && !("apiKey" in options);
				throw lacksKey && endpoint !== undefined ? missingKey(endpoint) : error;
			}
		},
	};
}

function readKey(endpoint: Endpoint, given: Options, environment: Pick<Environment, "key">): Options {
	const { variable } = endpoint.key;
	if ("apiKey" in given || "apiKeys" in given || variable === undefined || !isItsOwn(endpoint, given.baseUrl)) return {};
	const apiKey = environment.key(variable);
	return apiKey === undefined ? {} : { apiKey };
}

/**
 * The error for an endpoint whose key is in no variable.
 *
 * @param endpoint - the endpoint
 * @param path - the option that asks for it
 */
export function missingKey({ title, key: { variable, page } }: Endpoint, path = "apiKey"): InvalidRequestError {
	return new InvalidRequestError(`${title} answers nobody without a key, and ${variable} is not set.`, {
		path,
		hint: `${page === undefined ? "Get a key" : `Get a key at ${page}`}, and set ${variable}.`,
	});
}

function readAccount({ account }: Endpoint, given: Options, environment: Pick<Environment, "key">): Options {
	if (account === undefined || "account" in given) return {};
	const value = environment.key(account.variable);
	return value === undefined ? {} : { account: value };
}

/** Whether an address is the endpoint's own, or on this machine: a key must not go to somebody else. */
function isItsOwn(endpoint: Endpoint, address: unknown): boolean {
	if (address === undefined) return true;
	const url = toUrl(address);
	return url !== null && (isLoopback(url) || url.origin === new URL(endpoint.baseUrl).origin);
}

function isOnThisMachine(address: unknown): boolean {
	const url = toUrl(address);
	return url !== null && isLoopback(url);
}

function toUrl(address: unknown): URL | null {
	return typeof address === "string" || address instanceof URL ? URL.parse(String(address)) : null;
}
