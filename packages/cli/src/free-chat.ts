import { type AsyncGeneratorProvider, type ChainOptionsInput, isSpaceportError, type Logger } from "@spaceport/core";
import { createFreeChat, type FreeChat, type Recipient } from "@spaceport/free-chat";
import { defaultEndpoints, type Endpoint, findEndpoint } from "@spaceport/provider-openai";

import type { FreeChatConfig } from "./config/config.ts";
import { missingKey } from "./endpoint-provider.ts";
import type { Environment } from "./environment.ts";

/** The chain that is asked where nobody is named, unless a configuration has another. */
export const freeChatName = "free-chat";

/** What the chain is made of. */
export interface BuiltInChainOptions {
	/** What the configuration says of it. */
	readonly config: FreeChatConfig;
	/** Who is not asked, by the command's options. */
	readonly without: readonly string[];
	/** The providers that the configuration has, by name. */
	readonly configured: Readonly<Record<string, AsyncGeneratorProvider>>;
	/** The model on this machine. */
	readonly local: AsyncGeneratorProvider;
	/** The names of those that need the network where none is allowed; undefined where it is allowed. */
	readonly refused: ReadonlySet<string> | undefined;
	readonly environment: Pick<Environment, "token" | "key">;
	/** The configuration's, for all chains. */
	readonly defaults: ChainOptionsInput;
	/** Hears who gets the prompt, before it goes there. */
	readonly onRecipient: (recipient: Recipient) => void;
	readonly logger: Logger;
}

/** Tokens that are set for other purposes, and whose owners may pay for what is asked with them: they bring nobody in by themselves. */
const generalTokens: ReadonlySet<string> = new Set(["HF_TOKEN", "CLOUDFLARE_API_TOKEN", "GITHUB_TOKEN"]);

/**
 * Makes the chain `free-chat`: Spaces, endpoints without a key, those whose keys the environment has, the model on this machine.
 *
 * @param options - the configuration and the user's wishes
 * @throws InvalidRequestError where somebody who is named is not known, or nobody is left
 */
export function createBuiltInChain(options: BuiltInChainOptions): FreeChat {
	const { config, without, configured, local, refused, environment, defaults, onRecipient } = options;
	const { timeouts, dispositions } = defaults;
	const { token } = environment;
	const common = {
		providers: configured,
		local,
		onRecipient,
		...(timeouts?.connectMs !== undefined && { timeouts: { connectMs: timeouts.connectMs } }),
		dispositions,
	};
	const left = [...(config.without ?? []), ...without];
	if (refused === undefined) {
		return createFreeChat({
			...common,
			spaces: config.spaces,
			endpoints: config.endpoints,
			keys: { ...keysOfDefaults(options), ...keysOfNamed(options) },
			without: left,
			token,
		});
	}
	// Without the network, of those that are named the ones on this machine are left; where it is nobody, the last one says why.
	const named = (config.endpoints ?? []).filter((name) => findEndpoint(name)?.kind === "local");
	const keyless = defaultEndpoints().filter(({ kind }) => kind === "keyless");
	const away = ["qwen-2-72b", ...(config.spaces ?? []), ...keyless.map(({ id }) => id)];
	return createFreeChat({
		...common,
		spaces: config.spaces,
		endpoints: named,
		without: [...left, ...away.filter((name) => configured[name] === undefined || refused.has(name))],
	});
}

/** Of endpoints that answer without a key, no key is used: whoever has one may pay for it. */
function keysOfDefaults({ environment, logger }: BuiltInChainOptions): Readonly<Record<string, string>> {
	const keys: Record<string, string> = {};
	for (const { id, kind, key } of defaultEndpoints()) {
		if (kind !== "free" || key.variable === undefined || generalTokens.has(key.variable)) continue;
		try {
			const value = environment.key(key.variable);
			if (value !== undefined) keys[id] = value;
		} catch (error) {
			// Whoever did not name it shall have an answer all the same.
			if (!isSpaceportError(error)) throw error;
			logger.warn(`${id} is left out: ${error.message}`);
		}
	}
	return keys;
}

function keysOfNamed({ config, configured, environment }: BuiltInChainOptions): Readonly<Record<string, string>> {
	const keys: Record<string, string> = {};
	for (const name of config.endpoints ?? []) {
		const endpoint = findEndpoint(name);
		// One that is not known is refused where the chain is made, and one that is configured has its own key.
		if (endpoint === undefined || configured[endpoint.id] !== undefined) continue;
		const key = keyOf(endpoint, environment);
		if (key !== undefined) keys[endpoint.id] = key;
		else if (endpoint.key.need === "required") throw missingKey(endpoint, "endpoints");
	}
	return keys;
}

function keyOf({ key: { variable }, account }: Endpoint, environment: BuiltInChainOptions["environment"]): string | undefined {
	const key = variable === undefined ? undefined : environment.key(variable);
	const owner = account === undefined ? undefined : environment.key(account.variable);
	return key === undefined || owner === undefined || key.includes(":") ? key : `${owner}:${key}`;
}
