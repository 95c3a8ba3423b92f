export { createOpenAICompatible } from "./create-openai-compatible.ts";
export type { Endpoint, EndpointKey, EndpointKind, EndpointModel } from "./endpoints/endpoint.ts";
export type { EndpointId } from "./endpoints/endpoint-id.ts";
export { endpoints } from "./endpoints/endpoints.ts";
export type { OpenAICompatibleOptions } from "./options.ts";
export type { ListModelsOptions, OpenAICompatibleProvider, OpenAICompatibleRequest } from "./provider.ts";
export type { ErrorRule, Quirks } from "./quirks.ts";
