import type { RequestKind } from "../chain/request-kind.ts";
import { type ChainRun, isAlone } from "../chain/run-chain.ts";
import type { Chunk, Usage } from "../chunk.ts";
import { ChainExhaustedError, type LeftOut } from "../errors/chain-exhausted-error.ts";
import { UnsupportedError } from "../errors/unsupported-error.ts";
import type { AttemptContext } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import { showValue } from "../show-value.ts";
import type { ProviderEmbeddings, ProviderEmbedRequest } from "./embedding.ts";
import { isSameModel, makersOf, namesOf } from "./makers.ts";
import { readEmbeddings } from "./read-embeddings.ts";

/** What an attempt made. */
export interface Made {
	readonly embeddings: readonly (readonly number[])[];
	/** The model, as the server calls it. */
	readonly model: string;
}

/** How embeddings are asked for. */
export interface EmbedKindOptions {
	readonly request: Omit<ProviderEmbedRequest, "model">;
	/** Whose models may make them: that of the first who can, those of the list that the caller named, or any. */
	readonly models: "first" | "each" | "any";
	/** Told what an attempt made. */
	readonly onMade: (attempt: number, made: Made) => void;
}

/**
 * Makes the kind of requests that are for embeddings. What is made goes past the engine, which sees one piece of text for it.
 *
 * @param options - of what, and with which models
 */
export function createEmbedKind({ request, models, onMade }: EmbedKindOptions): RequestKind {
	/** Those whose models may make them; the first is the one that is preferred. */
	let wanted: readonly Candidate[] | undefined;

	const mayMake = (maker: Candidate): boolean =>
		models === "any" || wanted === undefined || wanted.length === 0 || wanted.some((one) => isSameModel(one, maker));

	function otherModel({ name, model }: Candidate): LeftOut {
		const reason = `makes embeddings with another model than ${called(wanted?.[0])}, and those cannot be compared (otherModels: "allow" asks it)`;
		return { provider: name, model, reason };
	}

	return {
		narrow(run) {
			const looks = run.candidates.map((candidate) => makersOf(candidate, run.host));
			wanted ??= models === "each" ? looks.flatMap(({ makers }) => makers.slice(0, 1)) : looks.flatMap(({ makers }) => makers).slice(0, 1);
			const able = looks.filter(({ makers, isUnknown }) => isUnknown || makers.some(mayMake));
			const leftOut = looks.filter((look) => !able.includes(look)).flatMap((look) => [...look.leftOut, ...look.makers.map(otherModel)]);
			const { host } = run;
			for (const one of leftOut) host.report({ type: "left-out", requestId: host.requestId, ...one });
			const [first, ...others] = able.map(({ candidate }) => candidate);
			if (first === undefined) throw nobody(run, leftOut);
			return { ...run, candidates: [first, ...others], leftOut };
		},
		async *ask(candidate, _request, { host: _host, ...context }): AsyncGenerator<Chunk, void, void> {
			const { name, model } = candidate;
			const given = await candidate.provider.embed?.({ ...request, model }, context);
			const { input, dimensions } = request;
			const embeddings = readEmbeddings(given, { name, count: input.length, dimensions });
			context.signal.throwIfAborted();
			const said = given as ProviderEmbeddings;
			warnOfModel(candidate, said.model, context);
			if (wanted?.[0] !== undefined && !isSameModel(wanted[0], candidate)) {
				context.warn(`These embeddings are made with ${called(candidate)}, not with ${called(wanted[0])}: the two cannot be compared.`);
			}
			onMade(context.number, { embeddings, model: said.model || model });
			const usage = readUsage(said.usage);
			if (usage !== undefined) yield { type: "usage", ...usage };
			yield { type: "text-delta", text: "[embeddings]" };
			yield { type: "finish", finishReason: "stop" };
		},
	};
}

/** A model as a message names it. */
function called(candidate: Candidate | undefined): string {
	if (candidate === undefined) return "the first one";
	return candidate.model === "" ? `that of "${candidate.name}"` : `"${candidate.model}" of "${candidate.name}"`;
}

function warnOfModel(candidate: Candidate, said: unknown, context: AttemptContext): void {
	const names = namesOf(candidate);
	if (typeof said !== "string" || said === "" || names.length === 0 || names.includes(said)) return;
	context.warn(`"${candidate.name}" was asked for "${candidate.model}", and says that it is ${showValue(said)}.`);
}

/** Nothing is made up: a figure that is none is left out. */
function readUsage(said: ProviderEmbeddings["usage"]): Usage | undefined {
	const { inputTokens, source } = said ?? {};
	if (typeof inputTokens !== "number" || !(inputTokens >= 0) || inputTokens === Infinity) return undefined;
	return { inputTokens, source: source ?? "provider" };
}

/** It is no matter of the engine's: nobody was asked, and nobody rests. */
function nobody(run: ChainRun, leftOut: readonly LeftOut[]): Error {
	const alone = isAlone(run) ? run.candidates[0].name : undefined;
	const message = alone === undefined ? `Nobody in "${run.name}" makes embeddings.` : `"${alone}" ${leftOut[0]?.reason}.`;
	const hint = "Ask a provider that has embed, for a model that makes embeddings.";
	const lastError = new UnsupportedError(message, { capability: "embeddings", hint, ...(alone !== undefined && { provider: alone }) });
	if (alone !== undefined) return lastError;
	const lines = leftOut.map(({ provider, reason }) => `- ${provider}, not asked: ${reason}.`);
	const headline = `No provider of the chain "${run.name}" could be asked:`;
	return new ChainExhaustedError([headline, ...lines].join("\n"), { attempts: [], leftOut, lastError, cause: lastError, hint });
}
