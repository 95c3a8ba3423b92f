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

	const mayMake = (maker: Candidate): boolean => wanted?.some((one) => isSameModel(one, maker)) !== false;

	function otherModel(maker: Candidate): LeftOut {
		const { name, model } = maker;
		const first = called(wanted?.[0]);
		const reason =
			isSaid(maker) || !wanted?.some(isSaid)
				? `makes embeddings with another model than ${first}, and those cannot be compared (otherModels: "allow" asks it)`
				: `does not say that it makes embeddings, as ${first} does`;
		return { provider: name, model, reason };
	}

	return {
		narrow(run) {
			const looks = run.candidates.map((candidate) => makersOf(candidate, run.host));
			wanted ??= wantedOf(
				looks.map(({ makers }) => makers),
				models,
			);
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

/** Those who say that they make embeddings, else those who may. */
function likely(makers: readonly Candidate[]): readonly Candidate[] {
	const said = makers.filter(isSaid);
	return said.length > 0 ? said : makers;
}

/** Whose models may make them: undefined where nobody is known to. */
function wantedOf(makers: readonly (readonly Candidate[])[], models: EmbedKindOptions["models"]): readonly Candidate[] | undefined {
	const all = likely(makers.flat());
	if (all.length === 0 || models === "any") return all.length === 0 ? undefined : all;
	return models === "each" ? makers.flatMap((some) => likely(some).slice(0, 1)) : all.slice(0, 1);
}

function isSaid({ info }: Candidate): boolean {
	return info?.embeddings === true;
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
