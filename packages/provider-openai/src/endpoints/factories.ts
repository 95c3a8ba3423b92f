import { createOpenAICompatible } from "../create-openai-compatible.ts";
import type { OpenAICompatibleProvider } from "../provider.ts";
import type { EndpointId } from "./endpoint-id.ts";
import type { EndpointOptions } from "./fill-options.ts";

/** Makes the provider for one endpoint. */
export type EndpointFactory = (options?: EndpointOptions) => OpenAICompatibleProvider;

/**
 * Makes the provider for an endpoint that is known by name. It does no I/O.
 *
 * @param endpoint - its id, or another name of it
 * @param options - the key, and whatever is to be otherwise than it is known
 * @throws InvalidRequestError where there is no such endpoint, where it needs a key that is missing, or where an option is not well-formed
 *
 * @example
 * ```ts
 * import { createSpaceport } from "@spaceport/core";
 * import { createEndpoint, defaultEndpoints } from "@spaceport/provider-openai";
 *
 * const keyless = defaultEndpoints().filter(({ kind }) => kind === "keyless");
 * const spaceport = createSpaceport({ providers: keyless.map(({ id }) => createEndpoint(id)) });
 * ```
 */
export function createEndpoint(endpoint: EndpointId | (string & {}), options: EndpointOptions = {}): OpenAICompatibleProvider {
	return createOpenAICompatible({ ...options, endpoint });
}

const factory =
	(endpoint: EndpointId): EndpointFactory =>
	(options) =>
		createEndpoint(endpoint, options);

// One for each name that people look for by its own; all others are made by their ids.

/** OVHcloud's AI Endpoints: answers without a key, twice a minute. */
export const createOVHcloud: EndpointFactory = factory("ovhcloud");
/** LLM7: answers without a key. */
export const createLLM7: EndpointFactory = factory("llm7");
/** Groq: a free key. */
export const createGroq: EndpointFactory = factory("groq");
/** Cerebras: a free key. */
export const createCerebras: EndpointFactory = factory("cerebras");
/** OpenRouter: a free key for the models whose ids end in `:free`; pass `plan: "paid"` for those that cost. */
export const createOpenRouter: EndpointFactory = factory("openrouter");
/** Mistral: a free key. */
export const createMistral: EndpointFactory = factory("mistral");
/** Google AI Studio, by the door that speaks as OpenAI does: a free key. */
export const createGoogleAIStudio: EndpointFactory = factory("google-ai-studio");
/** The router of Hugging Face: a Hugging Face token as `apiKey`. */
export const createHuggingFaceRouter: EndpointFactory = factory("huggingface");
/** NVIDIA's NIM: a free key. */
export const createNvidia: EndpointFactory = factory("nvidia");
/** Cloudflare's Workers AI: `account` and a token as `apiKey`, or `account:token` as `apiKey`. */
export const createCloudflareWorkersAI: EndpointFactory = factory("cloudflare");
/** GitHub Models: a token of GitHub as `apiKey`. */
export const createGitHubModels: EndpointFactory = factory("github-models");
/** Ollama on this machine. */
export const createOllama: EndpointFactory = factory("ollama");
/** LM Studio on this machine. */
export const createLMStudio: EndpointFactory = factory("lm-studio");
/** The server of llama.cpp on this machine. */
export const createLlamaCpp: EndpointFactory = factory("llama-cpp");
/** vLLM on this machine. */
export const createVllm: EndpointFactory = factory("vllm");
/** OpenAI itself. */
export const createOpenAI: EndpointFactory = factory("openai");
/** DeepSeek. */
export const createDeepSeek: EndpointFactory = factory("deepseek");
/** Together AI. */
export const createTogether: EndpointFactory = factory("together");
/** Fireworks AI. */
export const createFireworks: EndpointFactory = factory("fireworks");
/** xAI. */
export const createXai: EndpointFactory = factory("xai");
/** Perplexity. */
export const createPerplexity: EndpointFactory = factory("perplexity");
