import type { Chunk, FinishChunk } from "../chunk.ts";
import { GenerationError } from "../errors/generation-error.ts";
import { inOneLine } from "../errors/in-one-line.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import type { ProviderRequest } from "../message.ts";
import type { Candidate } from "../route/candidate.ts";
import type { Batches } from "./batches.ts";
import type { ChainOptions } from "./chain-options.ts";
import { type Alignment, createAlignment } from "./continuation/alignment.ts";
import { type Continuation, composeContinuation } from "./continuation/compose-continuation.ts";
import { continuationKind } from "./continuation/continuation-kind.ts";
import { isFinished } from "./continuation/is-finished.ts";
import type { HandedOut } from "./handed-out.ts";
import { isContent } from "./is-content.ts";
import type { OpenAttempt } from "./open-attempt.ts";
import { emptyAnswer } from "./prime-stream.ts";
import type { ChainRun } from "./run-chain.ts";

/** How somebody goes on with an answer that broke off. */
export interface GoOn {
	/** What a candidate is asked. */
	requestFor(candidate: Candidate): Omit<ProviderRequest, "model">;
	/** What of an attempt's chunks goes on with the answer. It throws where they do not. */
	align(attempt: OpenAttempt): Batches<Chunk>;
	/** Whether it failed by saying something else. */
	isMismatch(error: SpaceportError): boolean;
	/** Whether a candidate that refused the way it was asked in is asked in another way now. */
	asksOtherwise(candidate: Candidate, error: SpaceportError): boolean;
}

/** What is gone on with. */
export interface GoOnOptions {
	readonly run: ChainRun;
	readonly options: ChainOptions;
	readonly handed: HandedOut;
	/** The provider that broke off. */
	readonly from: string;
	/** Why. */
	readonly cause: SpaceportError;
}

/** The most characters of a seam's reason. */
const longestReason = 300;

/** The refusals that may be about an assistant's message in the last place. */
const refusals: ReadonlySet<string> = new Set(["invalid-request", "unsupported", "protocol", "provider-failed", "generation"]);

/**
 * The shortest beginning that is given as a prefill, in UTF-16 units. After a word or two, text that goes on and text that begins anew look alike; whoever is asked in
 * words is asked to repeat them.
 */
const shortestPrefill = 24;

/**
 * Prepares going on with an answer.
 *
 * @param options - what was handed out, and why it broke off
 */
export function createGoOn({ run, options, handed, from, cause }: GoOnOptions): GoOn {
	const sent = handed.text();
	// Without any text there is nothing to go on from; the caller's reasoning so far belongs to an answer that never came.
	const isAnew = sent === "";
	const kind = options.onInterruption === "restart" ? "whole" : continuationKind(run.request, sent);
	/** Those that take no assistant's message in the last place, although they were said to. */
	const noPrefill = new Set<Candidate>();
	const asked = new Map<Candidate, Continuation>();
	let mismatch: SpaceportError | undefined;

	function requestFor(candidate: Candidate): Omit<ProviderRequest, "model"> {
		if (isAnew || kind === "whole") return run.request;
		const instructs = noPrefill.has(candidate) || sent.length < shortestPrefill;
		const composed = composeContinuation(run.request, candidate.info, sent, instructs ? { way: "instruction" } : {});
		asked.set(candidate, composed);
		return composed.request;
	}

	/** Whether a silence is the end of the answer: a prefill that needs no more words, as the model itself says, and as it looks. */
	function endsIt(candidate: Candidate, { finishReason }: FinishChunk): boolean {
		return finishReason === "stop" && asked.get(candidate)?.way === "prefill" && isFinished(sent);
	}

	function seam(to: string, how: "continue" | "restart", detail: string): Chunk {
		const reason = inOneLine(
			`"${from}" broke off after ${cause.code}: ${cause.message}${detail === "" ? "" : ` (${detail})`}`,
			longestReason,
		);
		const { requestId } = run.host;
		const at = how === "restart" ? 0 : sent.length;
		run.host.report({ type: "seam", requestId, from, to, how, reason, at });
		return { type: "seam", from, to, how, reason, at };
	}

	async function* anew({ candidate, stream }: OpenAttempt): Batches<Chunk> {
		let seamed = false;
		for await (const chunks of stream) {
			if (!seamed && chunks.some(isContent)) {
				seamed = true;
				yield [seam(candidate.name, "restart", ""), ...chunks];
			} else yield chunks;
		}
	}

	async function* align(attempt: OpenAttempt): Batches<Chunk> {
		const { candidate, stream } = attempt;
		const alignment: Alignment = createAlignment({ sent, kind, way: "instruction", ...asked.get(candidate) });
		/** Whether the seam was handed out. */
		let isOpen = false;
		/** Whether the new answer has taken the place of the old one, so that it may rewrite itself. */
		let isRestart = false;
		/** Whether another text is handed out behind the old one. */
		let isOther = false;
		/** Reasoning that comes before the text: it is the caller's only where the answer is a new one. */
		const reasoning: Chunk[] = [];

		/** What another text than the answer's is handed out as. */
		function otherText(text: string): Chunk[] {
			isOpen = true;
			if (kind === "whole") {
				isRestart = true;
				return [seam(candidate.name, "restart", ""), ...reasoning.splice(0), { type: "text-replace", text }];
			}
			if (options.onMismatch === "seam") {
				isOther = true;
				return [seam(candidate.name, "continue", "it says something else"), { type: "text-delta", text: separator(sent) + text }];
			}
			mismatch = new GenerationError(`"${candidate.name}" was to go on with the answer of "${from}" and said something else.`, {
				title: "something else",
				detail: text.slice(0, 200),
				provider: candidate.name,
			});
			throw mismatch;
		}

		/** What is handed out where the alignment gives so much. A text that was rewritten is aligned anew. */
		function aligned(ready: string, chunk?: Chunk): Chunk[] {
			if (alignment.state === "mismatch") return otherText(alignment.heldBack);
			if (alignment.state === "undecided") return [];
			const isWhole = chunk?.type === "text-delta" && chunk.text === ready;
			const delta: Chunk[] = ready === "" ? [] : [isWhole ? chunk : { type: "text-delta", text: ready }];
			if (isOpen) return delta;
			isOpen = true;
			return [seam(candidate.name, "continue", alignment.how ?? ""), ...delta];
		}

		function pass(chunk: Chunk): Chunk[] {
			switch (chunk.type) {
				case "text-delta":
					return isRestart || isOther ? [chunk] : aligned(alignment.take(chunk.text), chunk);
				case "text-replace": {
					if (isRestart) return [chunk];
					if (isOther) return [{ type: "text-replace", text: sent + separator(sent) + chunk.text }];
					const rewrite = alignment.replace(chunk.text);
					if ("append" in rewrite) return aligned(rewrite.append);
					const whole: Chunk = { type: "text-replace", text: rewrite.whole };
					return alignment.state === "mismatch" ? [whole, ...otherText(alignment.heldBack)] : [whole];
				}
				case "reasoning-delta":
					if (isRestart) return [chunk];
					if (!isOpen) reasoning.push(chunk);
					return [];
				case "finish":
					if (isRestart || isOther) return [chunk];
					if (alignment.state === "undecided" && alignment.heldBack.trim() === "") {
						// Whoever has nothing to add says the end of it again. Silence proves nothing, but of a model that ends a text which it takes for its own.
						if (!endsIt(candidate, chunk)) throw emptyAnswer(chunk);
						return [seam(candidate.name, "continue", "the end"), chunk];
					}
					return [...aligned(alignment.end()), chunk];
				case "tool-call":
				case "image":
					return isRestart || isOther ? [chunk] : [...aligned(alignment.end()), chunk];
				default:
					return [chunk];
			}
		}

		for await (const chunks of stream) {
			const ready = chunks.flatMap(pass);
			chunks.length = 0;
			if (ready.length > 0) yield ready;
		}
	}

	return {
		requestFor,
		align: isAnew ? anew : align,
		isMismatch: (error) => error === mismatch,
		asksOtherwise(candidate, error) {
			if (asked.get(candidate)?.way !== "prefill" || noPrefill.has(candidate) || !refusals.has(error.code)) return false;
			noPrefill.add(candidate);
			return true;
		},
	};
}

/** Two answers in one text stand in paragraphs of their own. */
function separator(sent: string): string {
	return sent.endsWith("\n\n") ? "" : sent.endsWith("\n") ? "\n" : "\n\n";
}
