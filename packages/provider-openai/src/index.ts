export type { Endpoint, EndpointKey, EndpointKind, EndpointModel } from "./endpoints/endpoint.ts";
export type { EndpointId } from "./endpoints/endpoint-id.ts";
export { endpoints } from "./endpoints/endpoints.ts";
export type { ErrorRule, Quirks } from "./quirks.ts";

/** The path of chat completions, after an endpoint's base URL. */
export const chatCompletionsPath = "/chat/completions";
