import { InvalidRequestError, type LimitOptions } from "@spaceport/core";
import { lowerCased } from "@spaceport/http";

import type { OpenAICompatibleOptions } from "../options.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointId } from "./endpoint-id.ts";
import { getEndpoint } from "./find-endpoint.ts";

/** What may be said of an endpoint that is known. All of it wins over what is known. */
export interface EndpointOptions extends Omit<OpenAICompatibleOptions, "name" | "baseUrl"> {
	/** What the provider is registered under. @default the endpoint's id */
	readonly name?: string | undefined;
	/** Another address than its own, such as a proxy's or that of a server of yours. No key is demanded there. */
	readonly baseUrl?: string | URL | undefined;
	/** The account that stands in the address of some, such as Cloudflare. @default the first half of a key that is `account:token` */
	readonly account?: string | undefined;
	/** `paid` leaves out the limits of those who do not pay. @default "free" */
	readonly plan?: "free" | "paid" | undefined;
}

/** An endpoint that is known, by its id. */
export interface KnownEndpointOptions extends EndpointOptions {
	/** An id from the list of endpoints, or another name of one. */
	readonly endpoint: EndpointId | (string & {});
}

/**
 * Puts what is known of an endpoint where the caller says nothing.
 *
 * @param options - the caller's
 * @throws InvalidRequestError where there is no such endpoint, where it needs a key or an account that is missing, or where an option cannot be
 */
export function fillOptions(options: KnownEndpointOptions): OpenAICompatibleOptions {
	const { endpoint: name, account: given, plan = "free", ...rest } = options;
	const endpoint = getEndpoint(name);
	if (plan !== "free" && plan !== "paid")
		throw invalid("plan", `The option plan is ${JSON.stringify(plan)}, and must be "free" or "paid".`);
	const { account, keys } = splitKeys(endpoint, given, rest);
	if (endpoint.key.need === "required" && keys.length === 0 && rest.baseUrl === undefined) throw missingKey(endpoint);
	return {
		...rest,
		name: rest.name ?? endpoint.id,
		baseUrl: rest.baseUrl ?? withAccount(endpoint, account),
		...(rest.apiKeys === undefined || rest.apiKeys.length === 0
			? { apiKeys: undefined, apiKey: keys[0] ?? endpoint.key.anonymous }
			: { apiKey: undefined, apiKeys: keys }),
		models: rest.models ?? endpoint.models.map(({ secondHand: _, ...model }) => model),
		otherModels: rest.otherModels ?? rest.models === undefined,
		headers: { ...lowerCased(endpoint.headers ?? {}), ...lowerCased(rest.headers ?? {}) },
		quirks: { ...endpoint.quirks, ...rest.quirks },
		timeouts: { ...endpoint.timeouts, ...rest.timeouts },
		limits: { ...(plan === "free" ? freeLimits(endpoint, keys) : {}), ...rest.limits },
	};
}

/** The limits of the free tier, for each key. */
function freeLimits({ limits = {}, limitsWithKey, shares }: Endpoint, keys: readonly string[]): Partial<LimitOptions> {
	const all = keys.length > 0 && limitsWithKey !== undefined ? limitsWithKey : limits;
	// Keys of one account have one limit: each may use its part of it.
	const parts = shares === "key" ? 1 : Math.max(1, keys.length);
	return Object.fromEntries(
		Object.entries(all).map(([name, amount]) => [name, name === "intervalMs" ? amount : Math.max(1, Math.floor(amount / parts))]),
	);
}

/** The keys, without the account that they may begin with. */
function splitKeys(
	endpoint: Endpoint,
	given: string | undefined,
	{ apiKey, apiKeys }: Pick<EndpointOptions, "apiKey" | "apiKeys">,
): { readonly account: string | undefined; readonly keys: readonly string[] } {
	if (apiKey && apiKeys !== undefined) {
		throw invalid("apiKeys", "The option apiKeys cannot be given beside apiKey; give all keys in one of them.");
	}
	if (apiKeys !== undefined && !Array.isArray(apiKeys)) throw invalid("apiKeys", "The option apiKeys is no list of keys.");
	const keys = [...new Set(apiKeys ?? (apiKey ? [apiKey] : []))];
	if (endpoint.account === undefined) return { account: given, keys };
	const halves = keys.map((key) => (typeof key === "string" && key.includes(":") ? key.split(/:(.*)/s, 2) : [undefined, key]));
	const accounts = new Set([given, ...(given === undefined ? halves.map(([account]) => account) : [])].filter((one) => one !== undefined));
	if (accounts.size > 1) throw invalid("apiKeys", "The option apiKeys has keys of several accounts: make a provider for each.");
	return { account: [...accounts][0], keys: halves.map(([, key]) => key as string) };
}

function withAccount({ baseUrl, account: where, title, id }: Endpoint, account: string | undefined): string {
	if (where === undefined) return baseUrl;
	if (account === undefined) {
		throw invalid("account", `${title} has the account in its address, and the option account is missing.`, {
			hint: `Say createOpenAICompatible({ endpoint: "${id}", account, apiKey }), or give a key that is account:token.`,
		});
	}
	if (!/^[\w-]+$/.test(account)) throw invalid("account", "The option account has characters that no account has.");
	return baseUrl.replace("{account}", account);
}

function missingKey({ title, id, key }: Endpoint): InvalidRequestError {
	return invalid("apiKey", `${title} answers nobody without a key, and the option apiKey is missing.`, {
		hint: `Say createOpenAICompatible({ endpoint: "${id}", apiKey })${key.page === undefined ? "." : `; keys are made at ${key.page}.`}`,
	});
}

function invalid(path: string, message: string, options: { readonly hint?: string } = {}): InvalidRequestError {
	return new InvalidRequestError(message, { path, ...options });
}
