import { describe, expect, test } from "vitest";

import { delta, done, event, json, startEndpoint } from "./support/fake-endpoint.ts";

type Expected = Readonly<Record<string, unknown>>;
type Row = readonly [name: string, status: number, body: unknown, expected: Expected, headers?: Record<string, string>];

const openai = (message: string, fields: object = {}): object => ({
	error: { message, type: "invalid_request_error", param: null, code: null, ...fields },
});

/** Bodies of errors, as their owners' servers write them. */
const rows: readonly Row[] = [
	["OpenAI, a bad key", 401, openai("Incorrect API key provided.", { code: "invalid_api_key" }), { code: "authentication", status: 401 }],
	["a refusal without words", 403, "", { code: "authentication", status: 403 }],
	[
		"OpenAI, too long",
		400,
		openai("This model's maximum context length is 4097 tokens. However, your messages resulted in 5000 tokens.", {
			code: "context_length_exceeded",
		}),
		{ code: "context-length", limit: 4097, requested: 5000 },
	],
	[
		"OpenAI, no quota",
		429,
		openai("You exceeded your current quota.", { type: "insufficient_quota", code: "insufficient_quota" }),
		{ code: "quota-exceeded" },
	],
	[
		"OpenAI, too often",
		429,
		openai("Rate limit reached for gpt-4o. Please try again in 7.66s.", { code: "rate_limit_exceeded", type: "requests" }),
		{ code: "rate-limited", retryAfterMs: 7660 },
	],
	[
		"OpenAI, no such model",
		404,
		openai("The model `m` does not exist or you do not have access to it.", { code: "model_not_found" }),
		{ code: "no-such-model", reference: "m" },
	],
	[
		"OpenAI, a parameter",
		400,
		openai("Unsupported parameter: 'max_tokens' is not supported with this model.", { code: "unsupported_parameter", param: "max_tokens" }),
		{ code: "unsupported", capability: "max_tokens" },
	],
	[
		"OpenAI, more tokens than it writes",
		400,
		openai("max_tokens is too large: 100000. This model supports at most 16384 completion tokens.", { param: "max_tokens" }),
		{ code: "unsupported", capability: "max_tokens" },
	],
	["OpenAI, a policy", 400, openai("Your request was rejected.", { code: "content_policy_violation" }), { code: "content-filtered" }],
	[
		"OpenAI, its own failure",
		500,
		openai("The server had an error.", { type: "server_error" }),
		{ code: "generation", detail: "The server had an error." },
	],
	[
		"OpenAI, overloaded",
		503,
		openai("The engine is currently overloaded, please try again later", { type: "server_error" }),
		{ code: "queue-full" },
	],
	["digits that look like a status", 400, openai("Invalid value 429 at 402: 404 tokens and 500 more; 413."), { code: "unsupported" }],
	[
		"Azure, its filter",
		400,
		{
			error: {
				code: "content_filter",
				message: "The response was filtered.",
				status: 400,
				innererror: { code: "ResponsibleAIPolicyViolation" },
			},
		},
		{ code: "content-filtered" },
	],
	[
		"Azure, no deployment",
		404,
		{ error: { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." } },
		{ code: "no-such-model" },
	],
	[
		"Azure, a bad key",
		401,
		{ statusCode: 401, message: "Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired." },
		{ code: "authentication" },
	],
	[
		"vLLM, too long",
		400,
		{
			object: "error",
			message:
				"This model's maximum context length is 2048 tokens. However, you requested 3000 tokens (2900 in the messages, 100 in the completion). Please reduce the length of the messages or completion.",
			type: "BadRequestError",
			param: null,
			code: 400,
		},
		{ code: "context-length", limit: 2048, requested: 3000 },
	],
	[
		"vLLM, a long prompt",
		400,
		{
			error: {
				message: "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
				type: "BadRequestError",
				code: 400,
			},
		},
		{ code: "context-length", limit: 4096, requested: 5000 },
	],
	[
		"vLLM, no such model",
		404,
		{ object: "error", message: "The model `x` does not exist.", type: "NotFoundError", param: null, code: 404 },
		{ code: "no-such-model" },
	],
	[
		"llama.cpp, too long",
		400,
		{
			error: {
				code: 400,
				message: "the request exceeds the available context size, try increasing it",
				type: "exceed_context_size_error",
				n_prompt_tokens: 9000,
				n_ctx: 4096,
			},
		},
		{ code: "context-length", limit: 4096, requested: 9000 },
	],
	[
		"llama.cpp, in words",
		400,
		{
			error: {
				code: 400,
				message: "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
				type: "invalid_request_error",
			},
		},
		{ code: "context-length", limit: 4096, requested: 9000 },
	],
	["llama.cpp, still loading", 503, { error: { code: 503, message: "Loading model", type: "unavailable_error" } }, { code: "network" }],
	["llama.cpp, another path", 404, { error: { code: 404, message: "File Not Found", type: "not_found_error" } }, { code: "protocol" }],
	[
		"Ollama, no such model",
		404,
		{ error: { message: 'model "llama9" not found, try pulling it first', type: "api_error", param: null, code: null } },
		{ code: "no-such-model" },
	],
	[
		"Ollama, no tools",
		400,
		{ error: { message: "registry.ollama.ai/library/gemma:2b does not support tools", type: "api_error" } },
		{ code: "unsupported" },
	],
	["Ollama, in one word", 404, { error: "model 'x' not found" }, { code: "no-such-model" }],
	[
		"LM Studio, too long",
		400,
		{
			error:
				"Trying to keep the first 6000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
		},
		{ code: "context-length", limit: 4096 },
	],
	[
		"Groq, a request of too many tokens",
		413,
		openai(
			"Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 7000, please reduce your message size and try again.",
			{ type: "tokens", code: "rate_limit_exceeded" },
		),
		{ code: "rate-limited" },
	],
	[
		"Groq, a call that failed",
		400,
		openai("Failed to call a function.", { code: "tool_use_failed", failed_generation: "<function=x" }),
		{ code: "generation" },
	],
	[
		"Groq, retired",
		400,
		openai("The model `m` has been decommissioned and is no longer supported.", { code: "model_decommissioned" }),
		{ code: "no-such-model" },
	],
	[
		"Mistral, an unknown field",
		422,
		{
			object: "error",
			message: { detail: [{ type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted", input: 7 }] },
			type: "invalid_request_error",
			code: null,
		},
		{ code: "unsupported", message: expect.stringContaining("body.seed: Extra inputs are not permitted") },
	],
	[
		"Mistral, too long",
		400,
		{
			object: "error",
			message: "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
			type: "invalid_request_error",
			code: "3051",
		},
		{ code: "context-length", limit: 32768, requested: 40000 },
	],
	[
		"Mistral, no such model",
		400,
		{ object: "error", message: "Invalid model: x", type: "invalid_model", code: "1500" },
		{ code: "no-such-model" },
	],
	["Mistral, too often", 429, { message: "Requests rate limit exceeded" }, { code: "rate-limited" }],
	[
		"Google, a bad key, as a list",
		400,
		[
			{
				error: {
					code: 400,
					message: "API key not valid. Please pass a valid API key.",
					status: "INVALID_ARGUMENT",
					details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }],
				},
			},
		],
		{ code: "authentication", status: 400 },
	],
	[
		"Google, too often",
		429,
		[
			{
				error: {
					code: 429,
					message: "You exceeded your current quota, please check your plan and billing details.",
					status: "RESOURCE_EXHAUSTED",
					details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17s" }],
				},
			},
		],
		{ code: "rate-limited", retryAfterMs: 17_000 },
	],
	[
		"Google, the day's quota",
		429,
		{
			error: {
				code: 429,
				message: "Quota exceeded.",
				status: "RESOURCE_EXHAUSTED",
				details: [{ violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] }],
			},
		},
		{ code: "quota-exceeded" },
	],
	[
		"Google, too long",
		400,
		[
			{
				error: {
					code: 400,
					message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
					status: "INVALID_ARGUMENT",
				},
			},
		],
		{ code: "context-length", limit: 1048576, requested: 1200000 },
	],
	[
		"NVIDIA, RFC 7807",
		404,
		{ type: "about:blank", status: 404, title: "Not Found", detail: "Function 'abc': Not found for account 'def'" },
		{ code: "protocol", message: expect.stringContaining("Function 'abc'") },
	],
	[
		"NVIDIA, end of life",
		410,
		{ type: "about:blank", status: 410, title: "Gone", detail: "The model has reached its end of life." },
		{ code: "no-such-model" },
	],
	["FastAPI, a path", 404, { detail: "Not Found" }, { code: "protocol" }],
	[
		"FastAPI, a field",
		422,
		{ detail: [{ loc: ["body", "max_tokens"], msg: "Input should be greater than 15", type: "greater_than" }] },
		{ code: "unsupported", message: expect.stringContaining("body.max_tokens: Input should be greater than 15") },
	],
	[
		"OpenRouter, somebody behind it",
		429,
		{
			error: {
				code: 429,
				message: "Provider returned error",
				metadata: { raw: '{"error":{"message":"m is temporarily rate-limited upstream"}}', provider_name: "X" },
			},
		},
		{ code: "rate-limited", message: expect.stringContaining("temporarily rate-limited upstream") },
	],
	[
		"OpenRouter, moderation",
		403,
		{ error: { code: 403, message: "Input was blocked", metadata: { reasons: ["violence"], flagged_input: "…" } } },
		{ code: "content-filtered" },
	],
	["OpenRouter, no credits", 402, { error: { code: 402, message: "Insufficient credits" } }, { code: "quota-exceeded" }],
	["OpenRouter, delisted", 404, { error: { code: 404, message: "No endpoints found for x/y:free." } }, { code: "no-such-model" }],
	["OpenRouter, a bad id", 400, { error: { code: 400, message: "x is not a valid model ID" } }, { code: "no-such-model" }],
	[
		"Hugging Face, no credit",
		402,
		{ error: "You have exceeded your monthly included credits for Inference Providers." },
		{ code: "quota-exceeded" },
	],
	[
		"Hugging Face, no provider",
		400,
		{
			error: {
				message: "The requested model 'x' is not supported by any provider you have enabled.",
				type: "invalid_request_error",
				code: "model_not_supported",
				param: "model",
			},
		},
		{ code: "no-such-model" },
	],
	[
		"AI Horde",
		422,
		{ detail: [{ loc: ["body", "stop"], msg: "value is not a valid list", type: "type_error.list" }] },
		{ code: "unsupported" },
	],
	[
		"Cloudflare, a list",
		400,
		{ success: false, errors: [{ code: 7003, message: "Could not route to /accounts/x" }], messages: [], result: null },
		{ code: "unsupported", message: expect.stringContaining("Could not route") },
	],
	["Cloudflare, an empty list", 401, { success: false, errors: [] }, { code: "authentication" }],
	[
		"GitHub, too long",
		413,
		{
			error: {
				code: "tokens_limit_reached",
				message: "Request body too large for gpt-4o model. Max size: 8000 tokens.",
				details: "Request body too large",
			},
		},
		{ code: "context-length", limit: 8000 },
	],
	["nginx, too large", 413, "<html><head><title>413 Request Entity Too Large</title></head></html>", { code: "context-length" }],
	["a page", 502, "<!DOCTYPE html><html>Bad gateway</html>", { code: "network" }],
	["words", 503, "upstream connect error", { code: "network", message: expect.stringContaining("upstream connect error") }],
	["Anthropic's overload", 529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, { code: "queue-full" }],
	["a conflict", 409, "", { code: "network" }],
	["a request that came slowly", 408, "", { code: "network" }],
	["a method", 405, { detail: "Method Not Allowed" }, { code: "protocol" }],
	[
		"Moonshot, no balance",
		429,
		{ error: { message: "Your account is suspended, please check your plan and billing details", type: "exceeded_current_quota_error" } },
		{ code: "quota-exceeded" },
	],
	[
		"DeepSeek, no balance",
		402,
		{ error: { message: "Insufficient Balance", type: "unknown_error", param: null, code: "invalid_request_error" } },
		{ code: "quota-exceeded" },
	],
	["Retry-After", 429, "", { code: "rate-limited", retryAfterMs: 20_000 }, { "retry-after": "20" }],
	["Retry-After of a server that is down", 503, "", { code: "network", retryAfterMs: 3000 }, { "retry-after-ms": "3000" }],
];

describe("an error of a server is its class", () => {
	test.each(rows.map((row) => [row[0], row] as const))("%s", async (_, [, status, body, expected, headers]) => {
		await using server = await startEndpoint(json(status, body, headers));
		const { error, chunks } = await server.ask({ apiKey: "a-key-of-mine" });
		expect(error).toMatchObject({ provider: "fake", ...expected });
		expect(chunks).toEqual([]);
	});
});

describe("what servers without a code for it say", () => {
	const tooLong = (limit?: number, requested?: number): Expected => ({
		code: "context-length",
		...(limit !== undefined && { limit }),
		...(requested !== undefined && { requested }),
	});

	test.each<[string, number, string, Expected]>([
		["SGLang", 400, "The input (5000 tokens) is longer than the model's context length (4096 tokens).", tooLong(4096, 5000)],
		[
			"SGLang, with its answer",
			400,
			"Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens.",
			tooLong(4096, 5000),
		],
		["TGI", 422, "Input validation error: `inputs` must have less than 4095 tokens. Given: 10000", tooLong(4095, 10_000)],
		["xAI", 400, "This model's maximum prompt length is 131072 but the request contains 150000 tokens.", tooLong(131_072, 150_000)],
		["Fireworks", 400, "The prompt is too long: 140000, model maximum context length: 131071", tooLong(131_071, 140_000)],
		["SambaNova", 400, "The provided prompt is 9000 tokens long, but the maximum supported sequence length is just 8192!", tooLong(8192)],
		["Moonshot", 400, "Invalid request: Your request exceeded model token limit: 8192 (requested: 9000)", tooLong(8192, 9000)],
		[
			"Anthropic",
			400,
			"input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length",
			tooLong(200_000),
		],
		["DashScope", 400, "InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]", tooLong(30_720)],
		["Cohere", 400, "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000.", tooLong(4081, 5000)],
		[
			"Cloudflare",
			400,
			"The estimated number of input and maximum output tokens (10000) exceeded this model context window limit (7968).",
			tooLong(7968, 10_000),
		],
		["SiliconFlow", 400, "length of prompt_tokens (10000) must be less than max_seq_len (8192).", tooLong(8192, 10_000)],
		[
			"TensorRT-LLM",
			400,
			"The sum of prompt length (5000.0) and max_tokens (10) should not exceed max_seq_len (4096)",
			tooLong(4096, 5000),
		],
		["GitHub Copilot", 400, "prompt token count of 70000 exceeds the context limit of 64000", tooLong(64_000, 70_000)],
		["Volcengine", 400, "Total tokens of image and text exceed max message tokens. Request id: 0", tooLong()],
		["Ollama", 400, "prompt too long; exceeded max context length by 100 tokens", tooLong()],
		["LiteLLM", 400, "litellm.ContextWindowExceededError: OpenAIException - x", tooLong()],
		["LiteLLM, a policy", 400, "litellm.ContentPolicyViolationError: x", { code: "content-filtered" }],
		["DeepSeek, a policy", 400, "Content Exists Risk", { code: "content-filtered" }],
		["xAI, a policy", 403, "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_X", { code: "content-filtered" }],
		["Volcengine, a policy", 400, "The input text may contain sensitive information.", { code: "content-filtered" }],
		["Google, a model", 404, "models/gemini-x is not found for API version v1main", { code: "no-such-model" }],
		["OpenRouter, tools", 404, "No endpoints found that support tool use.", { code: "unsupported" }],
		["lengths of another kind", 400, "max_tokens must be less than 8192, and you asked for 10000 tokens", { code: "unsupported" }],
	])("%s", async (_, status, message, expected) => {
		await using server = await startEndpoint(json(status, openai(message)));
		const { error } = await server.ask();
		expect(error).toMatchObject(expected);
	});
});

describe("an error in a stream", () => {
	const said = { error: { message: "Rate limit exceeded", code: 429 } };

	test.each<[string, readonly string[], string]>([
		["as a frame", [event(said)], "rate-limited"],
		["with a name", ["event: error\n", event({ message: "boom" })], "generation"],
		["with a name and words", ["event: error\n", event("boom")], "generation"],
		["beside choices", [event({ ...said, choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }] })], "rate-limited"],
		["in a choice", [event({ choices: [{ index: 0, delta: {}, error: { code: 502, message: "Bad gateway" } }] })], "network"],
		["LM Studio's, of a path", [event({ error: "Unexpected endpoint or method. (POST /chat/completions)" })], "protocol"],
		["by its code alone", [event({ error: { code: "context_length_exceeded", message: "x" } })], "context-length"],
		["in words", [event({ error: "The server is overloaded" })], "queue-full"],
		["without a word for it", [event({ object: "error", message: "oops", code: 500 })], "generation"],
		["as FastAPI has it", [event({ detail: "Not authenticated", status: 401 })], "authentication"],
		["of Groq's", [event({ id: "x", x_groq: { error: "over_capacity" }, choices: [] })], "queue-full"],
		["as JSON alone", [JSON.stringify(said)], "rate-limited"],
		["as a list", [JSON.stringify([said])], "rate-limited"],
	])("%s", async (_, frames, code) => {
		const isJson = /^[{[]/.test(frames[0] ?? "");
		await using server = await startEndpoint([...frames, ...(isJson ? [] : [done])]);
		expect((await server.ask()).error).toMatchObject({ code });
		if (isJson) return;
		await using later = await startEndpoint([delta("Hel"), ...frames, done]);
		const { text, error } = await later.ask();
		expect(text).toBe("Hel");
		expect(error).toMatchObject({ code });
	});
});

describe("an endpoint's own rules", () => {
	test("come first", async () => {
		const errors = [
			{ status: 401, words: "free promotion has ended", is: "model-gone", hint: "Ask another model." },
			{ code: "1261", is: "context-length" },
		] as const;
		await using server = await startEndpoint(json(401, { error: { message: "Free promotion has ended for x" } }));
		expect((await server.ask({ quirks: { errors } })).error).toMatchObject({ code: "no-such-model", hint: "Ask another model." });
		await using other = await startEndpoint(json(400, { error: { code: "1261", message: "…" } }));
		expect((await other.ask({ quirks: { errors } })).error).toMatchObject({ code: "context-length" });
	});

	test("find calls of tools in an error", async () => {
		const tools = [{ name: "weather" }];
		const failed = openai("Failed to call a function.", {
			code: "tool_use_failed",
			failed_generation: '<function=weather{"city":"Paris"}</function>',
		});
		await using server = await startEndpoint(json(400, failed));
		const { chunks, error } = await server.ask({ quirks: { failedGeneration: true } }, { tools });
		expect(error).toBeUndefined();
		expect(chunks).toEqual([
			{ type: "tool-call", id: expect.stringMatching(/^call_/), name: "weather", arguments: '{"city":"Paris"}' },
			{ type: "finish", finishReason: "tool-calls" },
		]);
		expect((await server.ask({ quirks: { failedGeneration: true } })).error).toMatchObject({ code: "generation" });
		expect((await server.ask({}, { tools })).error).toMatchObject({ code: "generation" });
	});
});

test("an error tells of limits, and of the key by its name", async () => {
	await using server = await startEndpoint(
		json(429, "", { "retry-after": "9", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9s" }),
	);
	const told: unknown[] = [];
	const { error } = await server.ask(
		{ apiKeys: ["first-key", "second-key"] },
		{},
		{ key: "key-2", reportLimits: (limits) => void told.push(limits) },
	);
	expect(error).toMatchObject({ code: "rate-limited", retryAfterMs: 9000 });
	expect(told).toEqual([{ requests: { remaining: 0, resetMs: 9000 } }, { retryAfterMs: 9000 }]);
	expect(server.requests[0]?.headers.authorization).toBe("Bearer second-key");
});
