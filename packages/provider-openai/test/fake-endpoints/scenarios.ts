import { type ChatMessage, type ChatRequest, completeAttemptContext, createSpaceport, isSpaceportError } from "@spaceport/core";

import type { EndpointId } from "../../src/endpoints/endpoint-id.ts";
import { endpoints } from "../../src/endpoints/endpoints.ts";
import type { EndpointOptions } from "../../src/endpoints/fill-options.ts";
import { createEndpoint } from "../../src/index.ts";
import type { Quirks } from "../../src/quirks.ts";
import type { Behaviour } from "./behaviour.ts";
import { type FakeServer, goodKey } from "./fake-server.ts";
import { fakes } from "./fakes.ts";

/** What came of asking. */
export interface Outcome {
	readonly text?: string;
	readonly reasoning?: string;
	readonly code?: string;
	readonly retryAfterMs?: number;
	readonly hint?: string | undefined;
	readonly warnings?: readonly string[];
	readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[];
	/** What the scenario is about, as it went over the wire. */
	readonly asked?: string;
	/** The body of the request. */
	readonly wire?: Readonly<Record<string, unknown>> | undefined;
	readonly usage?: unknown;
}

const weather = {
	name: "weather",
	description: "The weather of a city",
	parameters: {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		type: "object",
		properties: { city: { type: "string" } },
		required: ["city"],
		additionalProperties: false,
	},
};

/** A pixel. */
const picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Fields that no setting stands for, with values that are usual. */
const others: Readonly<Record<string, unknown>> = {
	top_k: 40,
	min_p: 0.1,
	logit_bias: {},
	logprobs: true,
	top_logprobs: 2,
	repetition_penalty: 1.1,
	frequency_penalty: 0.1,
	presence_penalty: 0.1,
	reasoning_effort: "low",
};

/** Those of the fields that an endpoint refuses. */
export function refusedFields({ refuses = [] }: Behaviour): readonly string[] {
	return refuses.filter((field) => field in others);
}

/** All that is asked of an endpoint's fake. */
export function scenariosOf(id: EndpointId): readonly string[] {
	return [...new Set(["full", "bad key", "too many", ...Object.keys(fakes[id].outcomes ?? {})])];
}

/** The model that a scenario asks. */
function modelOf(id: EndpointId, scenario: string): string {
	const named = /^(.+): /.exec(scenario)?.[1];
	return named ?? endpoints[id].models[0]?.id ?? "a-model";
}

function requestOf(id: EndpointId, scenario: string): Omit<ChatRequest, "model"> {
	const question = scenario.replace(/^.+: /, "");
	switch (question) {
		case "full":
			return {
				system: "Answer in one sentence.",
				messages: [
					{ role: "user", content: "Hello!", name: "ada" },
					{ role: "assistant", content: "Hello." },
					{ role: "user", content: "What is the capital of France?", name: "ada" },
				],
				temperature: 0.5,
				topP: 0.9,
				maxTokens: 300,
				stop: "END",
				seed: 7,
				tools: [weather],
				toolChoice: "auto",
				responseFormat: { type: "json", schema: { type: "object", properties: { answer: { type: "string" } } } },
				metadata: { mine: "not sent" },
				providerOptions: { [id]: Object.fromEntries(refusedFields(fakes[id].behaviour).map((field) => [field, others[field]])) },
			};
		case "short":
			return { messages: question, maxTokens: 5 };
		case "long":
			return { messages: question, maxTokens: 4000 };
		case "any JSON":
			return { messages: "Give me any JSON.", responseFormat: { type: "json" } };
		case "at temperature 0":
			return { messages: question, temperature: 0 };
		case "with a picture":
			return {
				messages: [
					{
						role: "user",
						content: [
							{ type: "image", image: picture },
							{ type: "text", text: "What is this?" },
						],
					},
				],
			};
		case "after a call":
			return { messages: afterCall, tools: [weather] };
		default:
			return { messages: question, ...(question.startsWith("calls a tool") && { tools: [weather] }) };
	}
}

const afterCall: readonly ChatMessage[] = [
	{ role: "user", content: "How is the weather in Paris?" },
	{ role: "assistant", content: [{ type: "tool-call", id: "call_1", name: "weather", arguments: '{"city":"Paris"}' }] },
	{ role: "tool", content: [{ type: "tool-result", id: "call_1", result: "Rain" }] },
];

/** The options of an endpoint's setting that lead to its fake. */
export function optionsFor(server: FakeServer, id: EndpointId, apiKey: string | undefined): EndpointOptions {
	return { baseUrl: server.baseUrlOf(id), apiKey, plan: "paid" };
}

/** Whom the real one lets in: some refuse any key. */
function keyFor(id: EndpointId, scenario: string): string | undefined {
	if (scenario === "bad key") return "sk-bad-0123456789";
	if (scenario === "without a key" || fakes[id].behaviour.key === "absent") return undefined;
	return goodKey;
}

/** Asks an endpoint's fake through its setting. */
export async function play(server: FakeServer, id: EndpointId, scenario: string, quirks: Quirks = {}): Promise<Outcome> {
	server.play(id, fakes[id].behaviour);
	const provider = createEndpoint(id, { ...optionsFor(server, id, keyFor(id, scenario)), quirks });
	const spaceport = createSpaceport({ providers: [provider], retry: { retries: 0 } });
	const last = () => server.seen.at(-1);
	const asked = (): Pick<Outcome, "asked"> => {
		if (scenario === "without a key") return { asked: last()?.headers.authorization?.replace("Bearer ", "") ?? "nothing" };
		return { asked: `${String(last()?.body?.max_tokens)} tokens` };
	};
	try {
		const { text, reasoning, warnings, toolCalls, usage } = await spaceport.complete({
			...requestOf(id, scenario),
			model: `${id}:${modelOf(id, scenario)}`,
		});
		return {
			text,
			...(reasoning !== undefined && { reasoning }),
			warnings,
			toolCalls: (toolCalls ?? []).map(({ name, arguments: given }) => ({ name, arguments: given })),
			...asked(),
			wire: last()?.body,
			usage,
		};
	} catch (error) {
		if (!isSpaceportError(error)) throw error;
		const { retryAfterMs } = error as { readonly retryAfterMs?: number };
		return { code: error.code, ...(retryAfterMs !== undefined && { retryAfterMs }), hint: error.hint, ...asked(), wire: last()?.body };
	}
}

/** What is seen of a server without asking a question. */
export async function look(server: FakeServer, id: EndpointId, quirks: Quirks = {}): Promise<Readonly<Record<string, unknown>>> {
	const seen: Record<string, unknown> = {};
	const key = keyFor(id, "");
	server.play(id, fakes[id].behaviour);
	const models = createEndpoint(id, { ...optionsFor(server, id, key), quirks }).listModels();
	seen.models = await codeOf(models.then((list) => list.map((one) => one.id).join()));
	for (const one of Object.keys(fakes[id].probes ?? { [key ?? ""]: "" })) {
		const provider = createEndpoint(id, { ...optionsFor(server, id, one || undefined), quirks });
		const { probe } = provider;
		seen[`probe ${one}`] = probe === undefined ? "not probed" : await codeOf(probe.call(provider, completeAttemptContext()), "well");
	}
	return seen;
}

async function codeOf(work: Promise<unknown>, otherwise?: unknown): Promise<unknown> {
	try {
		const value = await work;
		return otherwise ?? value;
	} catch (error) {
		return isSpaceportError(error) ? error.code : String(error);
	}
}
