import { expect } from "vitest";

import type { EndpointId } from "../../src/endpoints/endpoint-id.ts";
import type { Fake } from "./behaviour.ts";
import { answerText, error, goodKey, stream } from "./fake-server.ts";

const model = "a-model";
const unauthorized = { status: 401, body: { detail: "Unauthorized" } };
const plain: Fake = { behaviour: {} };
const own: Fake = { behaviour: { key: "optional" }, outcomes: { "without a key": { text: answerText, asked: "nothing" } } };
const sampling = ["min_p", "logit_bias", "logprobs"];
/** Fields that Mistral's own documentation has. */
const mistralFields = [
	...[
		"model",
		"messages",
		"temperature",
		"top_p",
		"max_tokens",
		"stream",
		"stop",
		"random_seed",
		"response_format",
		"tools",
		"tool_choice",
	],
	...["presence_penalty", "frequency_penalty", "n", "prediction", "parallel_tool_calls", "safe_prompt"],
];
const zhipuLike: Fake = {
	behaviour: {
		badKey: error(401, "token expired or incorrect", { code: "401" }),
		replies: {
			"thinks aloud": stream("glm-4.7-flash", [{ reasoning_content: "The answer " }, { reasoning_content: "is 4." }]),
			"too long": error(400, "Prompt exceeds max length", { code: "1261" }),
		},
	},
	outcomes: {
		"thinks aloud": { text: "The answer is 4.", reasoning: "The answer is 4." },
		"too long": { code: "context-length" },
		"bad key": { code: "authentication", hint: expect.stringMatching(/"zai"|"zhipu"/) },
	},
};

/**
 * The fakes, by the ids of their endpoints: what each endpoint is said to do, and what is to be seen through its setting. `bad key` and `too many` are questions that all of
 * them know.
 */
export const fakes: Readonly<Record<EndpointId, Fake>> = {
	ovhcloud: {
		behaviour: {
			key: "optional",
			tooMany: { status: 429, headers: { "retry-after": "31" }, body: { message: "Too many requests", status: 429 } },
		},
		outcomes: { "too many": { code: "rate-limited", retryAfterMs: 31_000 }, "without a key": { text: answerText, asked: "nothing" } },
	},
	kilo: {
		behaviour: {
			key: "optional",
			refuses: ["response_format"],
			listAt: "/api/gateway/models",
			replies: {
				verdict: stream("meta/guard", [{ content: "un" }, { content: "safe" }]),
				"good verdict": stream("meta/guard", [{ content: "safe" }]),
				"no end": stream("nvidia/nemotron-3-super-120b-a12b:free", [{ content: "Paris" }], null),
				"kilo-auto/free: who": stream("stepfun/step-3.7-flash", [{ content: "Step." }]),
				"openrouter/free: who": stream("poolside/laguna", [{ content: "Laguna." }]),
			},
		},
		lacks: ["responseFormat"],
		wire: { response_format: undefined },
		outcomes: {
			verdict: { code: "generation" },
			"good verdict": { code: "generation" },
			"no end": { code: "stream-interrupted" },
			"without a key": { text: answerText, asked: "nothing" },
			"kilo-auto/free: who": { text: "Step.", warnings: [] },
			"openrouter/free: who": { text: "Laguna.", warnings: [] },
		},
	},
	llm7: {
		behaviour: {
			key: "optional",
			listsForAll: true,
			replies: {
				"retired-model: who": stream("mistral-small-3.2", [{ content: "Mistral." }]),
				"default: who": stream("codestral-latest", [{ content: "Codestral." }]),
				"fast: who": stream("gpt-oss:20b", [{ content: "Gpt." }]),
				"paid-model: who": error(402, "Upgrade required to use this model", {}),
			},
		},
		outcomes: {
			"retired-model: who": { text: "Mistral.", warnings: [expect.stringContaining("mistral-small-3.2")] },
			"default: who": { text: "Codestral.", warnings: [] },
			"fast: who": { text: "Gpt.", warnings: [] },
			"without a key": { text: answerText, asked: "nothing" },
			"paid-model: who": { code: "no-such-model", hint: expect.stringContaining("name another") },
		},
	},
	"ai-horde": {
		behaviour: {
			key: { anonymous: "0000000000" },
			refuses: [
				...[
					"seed",
					"tools",
					"tool_choice",
					"response_format",
					"top_k",
					"logprobs",
					"top_logprobs",
					"frequency_penalty",
					"presence_penalty",
				],
				"repetition_penalty",
			],
			refusal: 422,
			stop: "list",
			maxTokens: { least: 16 },
			streams: false,
			usage: { kudos: 12.5 },
			listsForAll: true,
			badKey: { status: 401, body: { detail: "No user matching sent API Key" } },
			tooMany: { status: 429, headers: { "retry-after": "9" }, body: { detail: "2 per 1 second" } },
		},
		lacks: ["seed", "tools", "responseFormat"],
		wire: { stream: false, stop: ["END"], max_tokens: 300, stream_options: undefined },
		outcomes: {
			"no limit": { text: answerText, asked: "512 tokens" },
			short: { text: answerText, warnings: [expect.stringContaining("16")], asked: "16 tokens" },
			"without a key": { text: answerText, asked: "0000000000" },
			"too many": { code: "rate-limited", retryAfterMs: 9000 },
		},
	},
	"opencode-zen": {
		behaviour: {
			key: "absent",
			badKey: error(401, "Invalid API key.", { type: "AuthError" }),
			replies: {
				"minimax-m3-free: who": error(401, "Free promotion has ended for MiniMax M3 Free.", { type: "ModelError" }),
				"qwen3.6-plus-free: who": error(401, "Model qwen3.6-plus-free is not supported", { type: "ModelError" }),
				"big-pickle: who": stream("deepseek-v4-flash", [{ content: "DeepSeek." }]),
			},
		},
		outcomes: {
			"minimax-m3-free: who": { code: "no-such-model" },
			"qwen3.6-plus-free: who": { code: "no-such-model" },
			"big-pickle: who": { text: "DeepSeek.", warnings: [] },
			"bad key": { code: "authentication" },
		},
	},
	pollinations: {
		behaviour: {
			listsForAll: true,
			keyCheck: { at: "/account/key", replies: { [goodKey]: 200, empty: 402, revoked: 401, elsewhere: 403 } },
			replies: {
				"openai-fast: who": stream("gpt-5-nano", [{ content: "Nano." }]),
				"openai: who": stream("gpt-5-mini", [{ content: "Mini." }]),
			},
		},
		outcomes: { "openai-fast: who": { text: "Nano.", warnings: [] }, "openai: who": { text: "Mini.", warnings: [] } },
		probes: { [goodKey]: "well", empty: "quota-exceeded", revoked: "authentication", elsewhere: "well" },
	},
	"google-ai-studio": {
		behaviour: {
			refuses: [...sampling, "repetition_penalty", "top_logprobs"],
			badKey: {
				status: 400,
				body: [{ error: { code: 400, message: "API key not valid. Please pass a valid API key.", status: "INVALID_ARGUMENT" } }],
			},
			tooMany: {
				status: 429,
				body: [
					{
						error: {
							code: 429,
							message: "You exceeded your current quota.",
							status: "RESOURCE_EXHAUSTED",
							details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17s" }],
						},
					},
				],
			},
			replies: {
				"gemini-flash-latest: who": stream("gemini-3.5-flash", [{ content: "3.5." }]),
				"gemini-flash-lite-latest: who": stream("gemini-3.1-flash-lite", [{ content: "3.1." }]),
			},
		},
		outcomes: {
			"bad key": { code: "authentication" },
			"too many": { code: "rate-limited", retryAfterMs: 17_000 },
			"gemini-flash-latest: who": { text: "3.5.", warnings: [] },
			"gemini-flash-lite-latest: who": { text: "3.1.", warnings: [] },
		},
	},
	groq: {
		behaviour: {
			refuses: ["logprobs", "top_logprobs", "logit_bias"],
			names: false,
			tooMany: error(
				429,
				"Rate limit reached for model `openai/gpt-oss-120b` on requests per minute (RPM): Limit 30, Used 30. Please try again in 7.66s.",
				{ type: "requests", code: "rate_limit_exceeded" },
			),
			replies: {
				"a large one": error(
					413,
					"Request too large for model `openai/gpt-oss-120b` on tokens per minute (TPM): Limit 8000, Requested 9402, please reduce your message size and try again.",
					{ type: "tokens", code: "rate_limit_exceeded" },
				),
				"calls a tool badly": error(400, "Failed to call a function. Please adjust your prompt.", {
					code: "tool_use_failed",
					failed_generation: '<function=weather>{"city": "Paris"}</function>',
				}),
				"calls a tool badly in a stream": {
					events: [
						{
							error: {
								message: "Failed to call a function.",
								type: "invalid_request_error",
								code: "tool_use_failed",
								failed_generation: '[{"name": "weather", "parameters": {"city": "Paris"}}]',
								status_code: 400,
							},
						},
					],
				},
				"calls a tool beyond reading": error(400, "Failed to call a function.", {
					code: "tool_use_failed",
					failed_generation: "weather Paris",
				}),
			},
		},
		outcomes: {
			"too many": { code: "rate-limited", retryAfterMs: 7660 },
			"a large one": { code: "context-length", hint: expect.stringContaining("tokens a minute") },
			"calls a tool badly": { toolCalls: [{ name: "weather", arguments: '{"city": "Paris"}' }] },
			"calls a tool badly in a stream": { toolCalls: [{ name: "weather", arguments: '{"city":"Paris"}' }] },
			"calls a tool beyond reading": { code: "generation" },
		},
	},
	cerebras: plain,
	mistral: {
		behaviour: {
			knows: mistralFields,
			refusal: 422,
			names: false,
			answersAs: "mistral-small-2603",
			tellsUsage: true,
			badKey: unauthorized,
			tooMany: { status: 429, body: { object: "error", message: "Requests rate limit exceeded", type: "rate_limited", code: "1300" } },
			replies: {
				"magistral-medium-latest: who": stream("magistral-medium-2509", [
					{ content: [{ type: "thinking", thinking: [{ type: "text", text: "Who am I?" }] }] },
					{ content: [{ type: "text", text: "Magistral." }] },
				]),
			},
		},
		wire: { random_seed: 7, seed: undefined, stream_options: undefined },
		outcomes: {
			"too many": { code: "rate-limited" },
			"magistral-medium-latest: who": { text: "Magistral.", reasoning: "Who am I?", warnings: [] },
		},
	},
	openrouter: {
		behaviour: {
			headers: { "http-referer": /^https:\/\//, "x-title": /\w/ },
			replies: {
				"gone/model:free: who": { status: 404, body: { error: { message: "No endpoints found for gone/model:free.", code: 404 } } },
				"openrouter/free: who": stream("poolside/laguna", [{ content: "Laguna." }]),
				"openrouter/auto: who": stream("openai/gpt-5", [{ content: "Gpt." }]),
			},
			tooMany: {
				status: 429,
				headers: { "x-ratelimit-limit": "50", "x-ratelimit-remaining": "0" },
				body: { error: { message: "Rate limit exceeded: free-models-per-day", code: 429 } },
			},
		},
		outcomes: {
			"gone/model:free: who": { code: "no-such-model", hint: expect.stringContaining("openrouter.ai/models") },
			"openrouter/free: who": { text: "Laguna.", warnings: [] },
			"openrouter/auto: who": { text: "Gpt.", warnings: [] },
			"too many": { code: "rate-limited" },
		},
	},
	nvidia: {
		behaviour: {
			singleCalls: true,
			badKey: { status: 403, body: { status: 403, title: "Forbidden", detail: "Authorization failed" } },
			replies: {
				degraded: {
					status: 400,
					body: { status: 400, title: "Bad Request", detail: "Function id 'f1': DEGRADED function cannot be invoked" },
				},
				"old/model: who": { status: 410, body: { status: 410, title: "Gone", detail: "It has reached its end of life" } },
			},
		},
		wire: { parallel_tool_calls: false },
		outcomes: {
			degraded: { code: "queue-full" },
			"old/model: who": { code: "no-such-model" },
			"bad key": { code: "authentication" },
		},
	},
	cloudflare: {
		behaviour: {
			refuses: [...sampling, "top_logprobs", "reasoning_effort"],
			content: "text",
			cuts: true,
			badKey: { status: 401, body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] } },
			replies: {
				"thinks in tags": stream(model, [{ content: "<think>Hm.</th" }, { content: "ink>\n\nFour." }]),
			},
		},
		outcomes: {
			"no limit": { text: answerText, asked: "8192 tokens" },
			"thinks in tags": { text: "Four.", reasoning: "Hm." },
			"with a picture": { code: "unsupported" },
			"after a call": { text: answerText },
		},
	},
	"github-models": {
		behaviour: {
			refuses: ["top_k", "min_p", "repetition_penalty"],
			maxTokens: { most: 400 },
			answersAs: "gpt-4.1-mini-2025-04-14",
			listAt: "/catalog/models",
			badKey: { status: 401, body: "Unauthorized" },
			replies: {
				"a large one": error(413, "Request body too large for gpt-4.1-mini model. Max size: 8000 tokens.", {
					code: "tokens_limit_reached",
				}),
				"a large one, without a code": { status: 413, body: { error: { message: "Request body too large." } } },
			},
		},
		outcomes: {
			"a large one": { code: "context-length" },
			"a large one, without a code": { code: "context-length" },
			long: { text: answerText, warnings: [expect.stringContaining("400")], asked: "400 tokens" },
		},
	},
	huggingface: {
		behaviour: {
			answersAs: "llama-3.3-70b-versatile",
			badKey: { status: 401, body: { error: "Invalid username or password." } },
			replies: {
				spent: {
					status: 402,
					body: { error: "You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get more." },
				},
			},
		},
		outcomes: { spent: { code: "quota-exceeded" } },
	},
	zai: zhipuLike,
	zhipu: zhipuLike,
	"ollama-cloud": {
		behaviour: {
			badKey: { status: 401, body: { error: "unauthorized" } },
			replies: {
				"kimi-k2.6: who": { status: 403, body: { error: "this model requires a subscription, upgrade for access" } },
				"old: who": { status: 410, body: { error: "Gone" } },
				thinks: stream(model, [{ reasoning: "Two and two. " }, { content: "Four." }]),
			},
		},
		outcomes: {
			"kimi-k2.6: who": { code: "no-such-model", hint: expect.stringContaining("name another") },
			"old: who": { code: "no-such-model" },
			thinks: { text: "Four.", reasoning: "Two and two. " },
		},
	},
	agnes: plain,
	reka: {
		behaviour: { formats: ["json_object"], wantsProperties: true, answersAs: "default" },
		outcomes: { "any JSON": { text: answerText, warnings: [] } },
	},
	routeway: { behaviour: { headers: { "user-agent": /^Mozilla\/5\.0/ } } },
	navy: { behaviour: { headers: { "user-agent": /^Mozilla\/5\.0/ } } },
	requesty: {
		behaviour: {},
		lacks: ["temperature"],
		outcomes: { "mistral/leanstral-1-5: at temperature 0": { text: answerText, warnings: [expect.stringContaining("temperature")] } },
	},
	bazaarlink: {
		behaviour: { replies: { "auto:free: who": stream("qwen/qwen3", [{ content: "Qwen." }]) } },
		outcomes: { "auto:free: who": { text: "Qwen.", warnings: [] } },
	},
	"aion-labs": plain,
	"sea-lion": plain,
	orcarouter: plain,
	bynara: plain,
	ainative: plain,
	anyapi: plain,
	"b-ai": plain,
	cohere: {
		behaviour: {
			refuses: ["top_k", ...sampling, "top_logprobs"],
			schemaKeywords: ["additionalProperties", "$schema"],
			badKey: { status: 401, body: { message: "invalid api token" } },
			tooMany: { status: 429, body: { message: "You are using a Trial key, which is limited to 20 API calls / minute." } },
		},
		outcomes: { "too many": { code: "rate-limited" } },
	},
	modelscope: {
		behaviour: {
			listsForAll: true,
			replies: { "retired: who": error(429, "insufficient balance (1008)", {}) },
		},
		outcomes: { "retired: who": { code: "no-such-model" } },
		probes: { [goodKey]: "not probed" },
	},
	siliconflow: plain,
	qianfan: plain,
	"volcengine-ark": plain,
	spark: plain,
	longcat: plain,
	ollama: own,
	"lm-studio": {
		behaviour: { key: "optional", formats: ["json_object"] },
		outcomes: { "any JSON": { text: answerText, warnings: [] } },
	},
	"llama-cpp": { behaviour: { key: "optional", answersAs: "SmolLM2-135M-Instruct.Q4_1.gguf" } },
	vllm: own,
	sglang: own,
	localai: own,
	jan: own,
	koboldcpp: { behaviour: { key: "optional", answersAs: "koboldcpp/model" } },
	"docker-model-runner": own,
	openai: {
		behaviour: { refuses: ["max_tokens"], answersAs: "gpt-4.1-mini-2025-04-14" },
		wire: { max_completion_tokens: 300, max_tokens: undefined },
	},
	deepseek: {
		behaviour: { formats: ["json_schema"], answersAs: "deepseek-v4-flash" },
		wire: { response_format: { type: "json_object" } },
	},
	together: plain,
	fireworks: plain,
	xai: plain,
	perplexity: {
		behaviour: { refuses: ["tools", "tool_choice"] },
		lacks: ["tools"],
		probes: { [goodKey]: "not probed" },
	},
	deepinfra: plain,
	sambanova: plain,
	nebius: plain,
	moonshot: plain,
	alibaba: plain,
	scaleway: plain,
};
