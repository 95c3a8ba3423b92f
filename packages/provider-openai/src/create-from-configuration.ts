import { InvalidRequestError } from "@spaceport/core";

import { checkOptions } from "./check-options.ts";
import { createOpenAICompatible } from "./create-openai-compatible.ts";
import type { KnownEndpointOptions } from "./endpoints/fill-options.ts";
import type { OpenAICompatibleOptions } from "./options.ts";
import type { OpenAICompatibleProvider } from "./provider.ts";

/**
 * Makes a provider out of options that nobody's compiler has looked at: an endpoint that is known, `{ endpoint: "groq", apiKey }`, or a server of one's own,
 * `{ baseUrl: "http://127.0.0.1:8000/v1" }`.
 *
 * @param options - those of `createOpenAICompatible`
 * @throws InvalidRequestError that names an option that is none, or that is wrong
 */
export function createFromConfiguration(options: Readonly<Record<string, unknown>> = {}): OpenAICompatibleProvider {
	checkOptions(options);
	if (options.endpoint === undefined && options.baseUrl === undefined) {
		throw new InvalidRequestError("Neither endpoint nor baseUrl is there: nobody knows whom to ask.", {
			path: "endpoint",
			hint: 'Say { "endpoint": "groq" } for one that is known, or { "baseUrl": "http://127.0.0.1:8000/v1" } for a server of your own.',
		});
	}
	const { endpoint, ...own } = options;
	return createOpenAICompatible(
		(endpoint === undefined ? { name: "openai-compatible", ...own } : options) as unknown as OpenAICompatibleOptions | KnownEndpointOptions,
	);
}
