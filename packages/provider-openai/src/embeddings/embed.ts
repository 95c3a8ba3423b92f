import type { AttemptContext, ProviderEmbeddings, ProviderEmbedRequest } from "@spaceport/core";
import { asFields, asText, defined } from "@spaceport/http";

import { isSameModel } from "../answer/same-model.ts";
import type { ToError } from "../errors/fact.ts";
import type { Settings } from "../options.ts";
import { toBodyText } from "../request/body-text.ts";
import { readJsonAnswer } from "../server/read-json-answer.ts";
import { ask } from "../server/server.ts";
import { readEmbeddings } from "./read-embeddings.ts";

/** Texts in one request. */
const mostInputs = 2048;

/** Bytes of an answer: 2048 embeddings of 4096 numbers in text fit. */
const largestAnswer = 256 * 1024 * 1024;

const phase = "embeddings";

/**
 * Asks for embeddings; more texts than one request takes are asked for in several, one after the other.
 *
 * @param settings - who is asked
 * @param request - the texts
 * @param context - signal and deadlines
 * @param toError - makes the error of a fact
 */
export async function embed(
	settings: Settings,
	request: ProviderEmbedRequest,
	context: AttemptContext,
	toError: ToError,
): Promise<ProviderEmbeddings> {
	const { quirks, name } = settings;
	const { signal, deadlines, key, reportLimits } = context;
	const most = quirks.embeddingInputs ?? mostInputs;
	const { providerOptions = {} } = request;
	const own = { ...providerOptions.openai, ...providerOptions[name] };
	const embeddings: (readonly number[] | Float32Array)[] = [];
	let inputTokens: number | undefined;
	let model: string | undefined;
	for (let from = 0; from < request.input.length; from += most) {
		const input = request.input.slice(from, from + most);
		const body = { ...defined({ model: request.model, input, dimensions: request.dimensions }), ...own };
		const answer = await ask(
			settings,
			{
				path: "/embeddings",
				phase,
				accept: "application/json",
				body: toBodyText(body, toError),
				connectMs: deadlines.connectMs,
				// The headers come with the embeddings.
				answerMs: deadlines.totalMs,
				signal,
				key,
				reportLimits,
			},
			toError,
		);
		const json = await readJsonAnswer(answer, { phase, maxBytes: largestAnswer, maxMs: deadlines.totalMs, signal, toError });
		context.alive();
		const read = readEmbeddings(json, input.length);
		if (typeof read === "string") throw toError({ kind: "bad-embeddings", why: read });
		if (embeddings[0] !== undefined && read[0]?.length !== embeddings[0].length) {
			throw toError({ kind: "bad-embeddings", why: "its embeddings are not of one length" });
		}
		embeddings.push(...read);
		const answered = asText(asFields(json)?.model);
		if (answered !== undefined && answered !== "") {
			if (quirks.otherModel === "error" && !isSameModel(request.model, answered))
				throw toError({ kind: "other-model", asked: request.model, answered });
			model ??= isSameModel(request.model, answered) || quirks.otherModel === "ignore" ? request.model : answered;
		}
		const used = asFields(asFields(json)?.usage)?.prompt_tokens ?? asFields(asFields(json)?.usage)?.total_tokens;
		if (quirks.usage !== "none" && typeof used === "number" && used > 0) inputTokens = (inputTokens ?? 0) + used;
	}
	return {
		embeddings,
		...(inputTokens !== undefined && { usage: { inputTokens, source: "provider" } }),
		...(model !== undefined && { model }),
	};
}
