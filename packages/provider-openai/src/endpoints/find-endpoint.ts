import { didYouMean, InvalidRequestError } from "@spaceport/core";

import type { Endpoint } from "./endpoint.ts";
import type { EndpointId } from "./endpoint-id.ts";
import { endpoints } from "./endpoints.ts";

/**
 * The endpoint that a name means.
 *
 * @param name - an id, such as `google-ai-studio`, or another name of it, such as `gemini`
 * @returns undefined where it means none
 */
export function findEndpoint(name: string): Endpoint | undefined {
	if (Object.hasOwn(endpoints, name)) return endpoints[name as EndpointId];
	return Object.values(endpoints).find(({ aliases }) => aliases?.includes(name));
}

/**
 * The endpoint that a name means, which has to be one.
 *
 * @param name - what somebody said
 * @throws InvalidRequestError with the nearest id where it is none
 */
export function getEndpoint(name: unknown): Endpoint {
	const endpoint = typeof name === "string" ? findEndpoint(name) : undefined;
	if (endpoint !== undefined) return endpoint;
	const said =
		typeof name === "string" ? `"${name}", which is no endpoint that is known` : `a ${typeof name}, and must be the id of an endpoint`;
	const near = typeof name === "string" ? didYouMean(name, Object.keys(endpoints)) : "";
	throw new InvalidRequestError(`The option endpoint is ${said}.${near}`, {
		path: "endpoint",
		hint: "docs/endpoints.md has all of them. Any other server is asked by its address: createOpenAICompatible({ name, baseUrl }).",
	});
}

/**
 * The endpoints that may be part of a chain that nobody has put together by hand: they neither log prompts nor train on them as far as is known, and no terms
 * forbid it.
 */
export function defaultEndpoints(): readonly Endpoint[] {
	return Object.values(endpoints).filter((endpoint) => endpoint.default);
}
