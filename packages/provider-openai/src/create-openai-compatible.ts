import {
	type AttemptContext,
	type AttemptContextInput,
	type Chunk,
	completeAttemptContext,
	InvalidRequestError,
	isSpaceportError,
	messageList,
	type ProviderRequest,
	type SettingName,
} from "@spaceport/core";
import { createReport, createScrubber, ungroup } from "@spaceport/http";

import { createAnswerReader } from "./answer/answer-reader.ts";
import { readFailedGeneration, type WrittenCall } from "./answer/failed-generation.ts";
import { readAnswer } from "./answer/read-answer.ts";
import { createCallId } from "./answer/tool-calls.ts";
import { checkOptions } from "./check-options.ts";
import { embed } from "./embeddings/embed.ts";
import { fillOptions, type KnownEndpointOptions } from "./endpoints/fill-options.ts";
import type { ToError } from "./errors/fact.ts";
import { toSpaceportError } from "./errors/to-spaceport-error.ts";
import { createModelList, largestList, modelListPath } from "./models/model-list.ts";
import { completeOptions, type OpenAICompatibleOptions } from "./options.ts";
import type { OpenAICompatibleProvider, OpenAICompatibleRequest } from "./provider.ts";
import { toBodyText } from "./request/body-text.ts";
import { composeBody } from "./request/compose-body.ts";
import { readJsonAnswer } from "./server/read-json-answer.ts";
import { ask } from "./server/server.ts";

/** All that a request may set. */
const settingNames: readonly SettingName[] = [
	...(["system", "temperature", "topP", "maxTokens", "stop", "seed", "tools", "toolChoice", "responseFormat"] as const),
];

/**
 * Makes a provider over an endpoint that speaks as OpenAI does: vLLM, Ollama, llama.cpp, LM Studio, OpenRouter, Groq and many more. It does no I/O here.
 *
 * @param options - where it is, with which key, and how it differs; or which of the endpoints that are known (`endpoint`), and its key
 * @throws InvalidRequestError where the name, the address, a key or a header is not well-formed; where an endpoint is not known, or needs a key that is missing
 *
 * @example
 * ```ts
 * import { createSpaceport } from "@spaceport/core";
 * import { createOpenAICompatible } from "@spaceport/provider-openai";
 *
 * const vllm = createOpenAICompatible({ name: "vllm", baseUrl: "http://127.0.0.1:8000/v1" });
 * const spaceport = createSpaceport({ providers: [vllm] });
 * for await (const text of spaceport.stream({ messages: "Hello" }).textStream) console.log(text);
 * ```
 */
export function createOpenAICompatible(options: OpenAICompatibleOptions | KnownEndpointOptions): OpenAICompatibleProvider {
	checkOptions(options);
	const settings = completeOptions(
		"endpoint" in options && options.endpoint !== undefined ? fillOptions(options) : (options as OpenAICompatibleOptions),
	);
	const { name, baseUrl, keys, hasKeys, models, quirks, limits, timeouts, secrets } = settings;
	const address = baseUrl.origin + baseUrl.pathname;
	const optionNames = name === "openai" ? [name] : ["openai", name];
	const probePath = quirks.probe === false ? undefined : (quirks.probe?.path ?? modelListPath(settings));

	function errorsOf(model: string | undefined, key: string | undefined): ToError {
		const known = models.map(({ id }) => id);
		const named = keys[0] === undefined ? undefined : (key ?? "key");
		return (fact) => toSpaceportError(fact, { name, address, quirks, secrets, model, known, key: named });
	}

	const list = createModelList(settings, (key) => errorsOf(undefined, key));

	/** The deadline of a connection: the caller's, the provider's own, or the default. */
	function connectMsOf(given: AttemptContextInput | undefined, context: AttemptContext): number {
		return given?.deadlines?.connectMs ?? timeouts.connectMs ?? context.deadlines.connectMs;
	}

	async function* answer(
		input: OpenAICompatibleRequest,
		given: AttemptContextInput | undefined,
		context: AttemptContext,
	): AsyncGenerator<Chunk[], void, void> {
		const { signal, deadlines, key, reportLimits, alive } = context;
		const warn = (text: string): void => context.warn(`"${name}": ${text}`);
		const messages = messageList(input.messages);
		if (!Array.isArray(messages)) {
			throw new InvalidRequestError("messages is neither a string nor a list of messages.", { path: "messages", provider: name });
		}
		const connectMs = connectMsOf(given, context);
		// A chain holds its own deadline for the first content, which is before this one. A provider asked alone is a last resort.
		const firstMs = given?.deadlines?.firstChunkMs ?? timeouts.lastFirstChunkMs ?? deadlines.lastFirstChunkMs;
		const silentMs = Math.max(firstMs, timeouts.idleMs ?? 0, deadlines.idleMs);
		if (signal.aborted) throw errorsOf(undefined, key)({ kind: "aborted", reason: signal.reason });
		const model =
			input.model ||
			models.find(({ embeddings }) => embeddings !== true)?.id ||
			(await list.first("chat", { signal, connectMs, key, reportLimits }));
		const request: ProviderRequest = { ...input, model, messages };
		/** The calls that stood in an error. */
		let rescued: readonly WrittenCall[] | undefined;
		const toModelError = errorsOf(model, key);
		const toError: ToError = (fact) => {
			if (quirks.failedGeneration === true && (fact.kind === "status" || fact.kind === "said")) {
				rescued = readFailedGeneration(fact.kind === "said" ? fact.said : fact.body, request.tools ?? []);
			}
			return toModelError(fact);
		};
		const body = toBodyText(await composeBody(request, quirks, optionNames, { warn, unsupported: context.unsupported }), toError);
		const streams = quirks.streaming !== false;
		try {
			const answered = await ask(
				settings,
				{
					path: "/chat/completions",
					phase: "chat",
					accept: streams ? "text/event-stream" : "application/json",
					body,
					connectMs,
					// The headers may come with the first word; where nothing is streamed they come with the whole answer.
					answerMs: streams ? firstMs : silentMs,
					signal,
					key,
					reportLimits,
				},
				toError,
			);
			const clean = (text: string): string => createScrubber(secrets).text(text);
			const report = createReport(settings.logger ?? context.logger, secrets);
			const reader = createAnswerReader({ model, quirks, headers: answered.response.headers, warn, clean, report, toError });
			yield* readAnswer(answered, { reader, toError, signal, silentMs, totalMs: deadlines.totalMs, onAlive: alive });
			// Who left in the midst of the last pieces gets no more of them, and an end that says so.
			if (signal.aborted) throw toError({ kind: "aborted", reason: signal.reason });
		} catch (error) {
			if (isSpaceportError(error, "no-such-model")) list.forget(model);
			if (rescued === undefined) throw error;
			yield [
				...rescued.map((call): Chunk => ({ type: "tool-call", id: createCallId(), ...call })),
				{ type: "finish", finishReason: "tool-calls" },
			];
		}
	}

	return {
		name,
		models,
		...(settings.otherModels && { otherModels: true }),
		url: address,
		...(hasKeys && { keys: keys.map((_, index) => `key-${index + 1}`) }),
		...(limits && { limits }),
		...(Object.keys(timeouts).length > 0 && { timeouts }),
		parameters: settingNames.filter((setting) => !quirks.lacks?.includes(setting)),
		createAsyncGenerator(input, given) {
			const context = completeAttemptContext(given);
			return ungroup(answer(input, given, context), () => context.signal.aborted);
		},
		listModels: ({ signal } = {}) => list.read({ signal, connectMs: connectMsOf(undefined, completeAttemptContext()) }),
		async embed(request, given) {
			const context = completeAttemptContext(given);
			const { signal, key, reportLimits } = context;
			const connectMs = connectMsOf(given, context);
			const model =
				request.model ||
				models.find(({ embeddings }) => embeddings === true)?.id ||
				(await list.first("embeddings", { signal, connectMs, key, reportLimits }));
			return embed(settings, { ...request, model }, context, errorsOf(model, key));
		},
		...(probePath !== undefined && {
			async probe(context: AttemptContext) {
				const { signal, key, reportLimits } = context;
				const toError = errorsOf(undefined, key);
				const { connectMs } = context.deadlines;
				const phase = "probe";
				const passes = quirks.probe === false ? undefined : quirks.probe?.inconclusive;
				const found = await ask(
					settings,
					{ path: probePath, phase, accept: "application/json", connectMs, signal, key, reportLimits, passes },
					toError,
				);
				if (found.response.ok) await readJsonAnswer(found, { phase, maxBytes: largestList, maxMs: connectMs, signal, toError });
				else found.close();
			},
		}),
	};
}
