export type { Endpoint } from "./endpoints/endpoint.ts";
export type { ErrorRule, Quirks } from "./quirks.ts";

/** The path of chat completions, after an endpoint's base URL. */
export const chatCompletionsPath = "/chat/completions";
