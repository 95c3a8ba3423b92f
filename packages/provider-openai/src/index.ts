// Configurations name a package; its default export is the factory. What they say no compiler has seen.
export { createFromConfiguration as default } from "./create-from-configuration.ts";
export { createOpenAICompatible } from "./create-openai-compatible.ts";
export type { Endpoint, EndpointKey, EndpointKind, EndpointModel } from "./endpoints/endpoint.ts";
export type { EndpointId } from "./endpoints/endpoint-id.ts";
export { endpoints } from "./endpoints/endpoints.ts";
export {
	createCerebras,
	createCloudflareWorkersAI,
	createDeepSeek,
	createEndpoint,
	createFireworks,
	createGitHubModels,
	createGoogleAIStudio,
	createGroq,
	createHuggingFaceRouter,
	createLLM7,
	createLlamaCpp,
	createLMStudio,
	createMistral,
	createNvidia,
	createOllama,
	createOpenAI,
	createOpenRouter,
	createOVHcloud,
	createPerplexity,
	createTogether,
	createVllm,
	createXai,
	type EndpointFactory,
} from "./endpoints/factories.ts";
export type { EndpointOptions, KnownEndpointOptions } from "./endpoints/fill-options.ts";
export { defaultEndpoints, findEndpoint } from "./endpoints/find-endpoint.ts";
export type { OpenAICompatibleOptions } from "./options.ts";
export type { ListModelsOptions, OpenAICompatibleProvider, OpenAICompatibleRequest } from "./provider.ts";
export type { ErrorRule, Quirks } from "./quirks.ts";
