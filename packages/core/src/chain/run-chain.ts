import type { Chunk } from "../chunk.ts";
import type { AttemptDecision, AttemptRecord } from "../completion.ts";
import { createTextPieces } from "../consume/text-pieces.ts";
import { ChainExhaustedError } from "../errors/chain-exhausted-error.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import { hasErrorBrand, type SpaceportError, type SpaceportErrorCode } from "../errors/spaceport-error.ts";
import { StreamInterruptedError } from "../errors/stream-interrupted-error.ts";
import { TimeoutError } from "../errors/timeout-error.ts";
import { abortedError } from "../errors/to-aborted-error.ts";
import { toSpaceportError } from "../errors/to-spaceport-error.ts";
import { UnsupportedError } from "../errors/unsupported-error.ts";
import { loadPart } from "../load-part.ts";
import type { ProviderRequest } from "../message.ts";
import { parts } from "../parts/parts.ts";
import type { AttemptContext, AttemptContextInput } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import { attemptOptions } from "./attempt-options.ts";
import type { AttemptPlan } from "./attempt-plan.ts";
import { type Batches, batchesOf, group } from "./batches.ts";
import type { ChainHost } from "./chain-host.ts";
import { type ChainOptions, type ChainOptionsInput, completeChainOptions } from "./chain-options.ts";
import { createChunkOutbox } from "./chunk-outbox.ts";
import type { ChainProvider } from "./create-chain.ts";
import { isChainProvider } from "./is-chain-provider.ts";
import type { Limiters } from "./limits/limiter.ts";
import { createLinkedController } from "./linked-controller.ts";
import { mayLack } from "./may-lack.ts";
import { primeStream } from "./prime-stream.ts";
import { runAttempt } from "./run-attempt.ts";
import { wait } from "./wait.ts";
import { createWatchdog } from "./watchdog.ts";

/** One run over candidates. */
export interface ChainRun {
	/** The chain's name, for messages. */
	readonly name: string;
	readonly candidates: readonly [Candidate, ...Candidate[]];
	/** The request; each candidate's model is filled in. */
	readonly request: Omit<ProviderRequest, "model">;
	/** The context that the chain itself was asked with. */
	readonly context: AttemptContextInput;
	readonly host: ChainHost;
	/** The options that were given, from the weakest to the strongest; a provider's own timeouts are weaker than any of them. */
	readonly given: readonly ChainOptionsInput[];
	readonly limiters: Limiters;
	/** Whether the failure of the last attempt is wrapped in `chain-exhausted`, or thrown as it is for a provider asked alone. */
	readonly exhausted: "wrap" | "own";
}

/** The failures that stay what they are: a chain does not wrap them, and neither does a stream that has begun. */
const passedThrough: ReadonlySet<SpaceportErrorCode> = new Set(["invalid-request", "content-filtered", "aborted"]);

/**
 * Turns candidates into one stream: asks one after the other until the first content comes, and stays with that one. It ends with `finish`, or throws.
 *
 * @param run - whom to ask for what
 */
export async function* runChain(run: ChainRun): Batches<Chunk> {
	const { context, host } = run;
	const options = completeChainOptions(...run.given);
	const { controller, unlink } = createLinkedController(context.signal);
	const startedAt = performance.now();
	const total = createWatchdog(() => {
		const { totalMs } = options.timeouts;
		const message = `The request was not done after ${totalMs} ms.`;
		controller.abort(new TimeoutError(message, { phase: "total", afterMs: totalMs, hint: "Raise timeouts.totalMs." }));
	});
	const attempts: AttemptRecord[] = [];
	const outbox = createChunkOutbox();
	let candidate = run.candidates[0];
	/** Made after the first failure. */
	let plan: AttemptPlan | undefined;
	let current: OpenAttempt | undefined;
	let committed = false;
	let answered = false;

	/** Asks the current candidate, up to its first content. */
	async function ask(): Promise<Chunk[]> {
		controller.signal.throwIfAborted();
		const isLast = plan === undefined ? run.candidates.length === 1 : !plan.hasUntried();
		current = openAttempt(run, options, candidate, controller.signal, isLast);
		try {
			const held = await primeStream(current.stream, outbox.push);
			current.report("first-chunk");
			return held;
		} catch (thrown) {
			await current.stream.return();
			throw current.own(thrown);
		}
	}

	/** Decides after a failure, and waits where there is something to wait for. */
	async function decide(error: SpaceportError, known: AttemptPlan): Promise<boolean> {
		const leftMs = options.timeouts.totalMs - (performance.now() - startedAt);
		const next = known.failed(error, performance.now(), leftMs);
		attempts.push(...(current as OpenAttempt).end(next.action, error));
		if (next.action === "fail") return false;
		const { requestId } = host;
		if (next.action === "retry") {
			const { name, model } = candidate;
			host.report({ type: "retry", requestId, provider: name, model, number: error.attempt ?? 0, delayMs: next.delayMs, error });
		} else {
			host.report({ type: "fallback", requestId, from: candidate.name, to: next.candidate.name, error });
		}
		if (next.delayMs > 0) await wait(next.delayMs, controller.signal);
		candidate = next.candidate;
		return true;
	}

	/** Asks again, or elsewhere, by what is loaded then: an answer that comes at once needs none of it. */
	async function askOn(failure: unknown): Promise<Chunk[]> {
		// Nobody was asked: what an attempt is made of threw.
		if (current === undefined) throw failure;
		const { signal } = controller;
		const part = await loadPart("asking again", parts.askAgain, signal).catch((error: unknown) => {
			if (!signal.aborted) host.logger.warn({ err: error }, "Nobody else is asked: what does that cannot be loaded.");
			throw failure;
		});
		const { retry, dispositions } = options;
		const known = part.createAttemptPlan(run.candidates, { retry, dispositions, random: host.random });
		plan = known;
		return part.askAgain({ failure, ask, signal, decide: (error) => decide(error, known) });
	}

	try {
		total.watch(options.timeouts.totalMs);
		const primed = ask().catch(askOn).finally(outbox.close);
		// It is awaited below, but the outbox is read first, and the consumer may leave before.
		primed.catch(() => {});
		yield* outbox.read();
		const held = await primed.catch((thrown: unknown) => {
			throw controller.signal.aborted ? abortedError(controller.signal.reason) : thrown;
		});
		committed = true;
		const onFinish = (): void => {
			answered = true;
		};
		yield* relay(held, current as OpenAttempt, onFinish);
	} catch (thrown) {
		const error = hasErrorBrand(thrown) ? thrown : toSpaceportError(thrown, run.name);
		// An attempt that was cut short by the caller or by the total has not been judged yet.
		if (current !== undefined) attempts.push(...current.end("fail", error));
		if (committed || run.exhausted === "own" || passedThrough.has(error.code) || attempts.length === 0) throw error;
		const part = await loadPart("asking again", parts.askAgain).catch(() => undefined);
		if (part !== undefined) throw part.exhaustedError(run.name, { attempts, leftOut: [], lastError: error });
		const message = `No provider of the chain "${run.name}" could answer: ${error.code}: ${error.message}`;
		throw new ChainExhaustedError(message, { attempts, lastError: error, cause: error, hint: error.hint });
	} finally {
		total.stop();
		unlink();
		// After the end there is nothing to abort: its error would be made for nobody.
		const error = answered ? undefined : abortedError(context.signal?.reason);
		if (error !== undefined) controller.abort(error);
		await current?.stream.return();
		if (error !== undefined) current?.end("fail", error);
	}
}

/** An attempt under way, and how it is told about. */
interface OpenAttempt {
	readonly stream: Batches<Chunk>;
	report(type: "first-chunk"): void;
	/** A failure as this attempt's own: typed, with its provider and number. */
	own(thrown: unknown): SpaceportError;
	/** Reports the end, once, and gives the records to keep. */
	end(decision: AttemptDecision, error?: SpaceportError): readonly AttemptRecord[];
}

function openAttempt(run: ChainRun, options: ChainOptions, candidate: Candidate, signal: AbortSignal, isLast: boolean): OpenAttempt {
	const { host } = run;
	// A chain inside a chain reports its own attempts.
	const nested = isChainProvider(candidate.provider);
	const number = nested ? 0 : host.nextAttemptNumber();
	const identity = { requestId: host.requestId, provider: candidate.name, model: candidate.model, number };
	const startedAt = Date.now();
	const clock = performance.now();
	const { provider } = candidate;
	const { deadlines, limits } = attemptOptions(provider, run.given, !isLast, run.context.deadlines?.lastFirstChunkMs);
	const logger = run.context.logger ?? host.logger;
	const context: AttemptContext = {
		id: host.createId(),
		number,
		signal,
		deadlines,
		logger: logger.child?.({ provider: candidate.name, attempt: number }) ?? logger,
		warn: (text) => host.report({ type: "warning", ...identity, text }),
		alive: () => {},
		reportLimits: () => {},
		unsupported: (parameter, message) => {
			const text =
				message === undefined ? `${parameter} has no effect: "${candidate.name}" does not take it.` : `"${candidate.name}": ${message}`;
			if (options.unsupportedParameters === "drop") host.report({ type: "warning", ...identity, text });
			else throw new UnsupportedError(text, { capability: parameter, provider: candidate.name });
		},
		host,
	};
	const request = { ...run.request, model: candidate.model };
	const fit = async (): Promise<ProviderRequest> => {
		const { fitRequest } = await loadPart("settings that a provider lacks", parts.fitRequest, signal);
		const fitted = fitRequest(request, candidate, options.unsupportedParameters);
		for (const text of fitted.warnings) context.warn(text);
		return fitted.request;
	};
	// A chain holds the limits and deadlines of its members itself, and its abort is waited for, so that its attempts are told about.
	const ask = (): Batches<Chunk> =>
		runAttempt({
			candidate,
			request: mayLack(request, candidate) ? fit : request,
			context,
			// With keys: `of(…, context.key)`. What may be waited for is retry.patienceMs while another well candidate is left, else what is left of the total; with `force` a last
			// resort passes over what its provider said of its limits. What reaches context.reportLimits after that is the slot's: runAttempt puts it there.
			limiter: run.limiters.of(provider, limits),
			priority: host.priority,
			maxWaitMs: Infinity,
			onLimiterWait: (position) => host.report({ type: "queued", ...identity, where: "limiter", position }),
		});
	const stream = isChainProvider(candidate.provider) ? askChain(candidate.provider, request, context) : ask();
	let ended = false;
	let nestedAttempts: readonly AttemptRecord[] = [];
	if (!nested) host.report({ type: "attempt-start", ...identity });
	return {
		stream,
		report(type) {
			if (!nested) host.report({ type, ...identity, afterMs: performance.now() - clock });
		},
		own(thrown) {
			const error = hasErrorBrand(thrown) ? thrown : toSpaceportError(thrown, candidate.name);
			if (nested && isSpaceportError(error, "chain-exhausted")) nestedAttempts = error.attempts;
			if (!nested && Object.isExtensible(error)) {
				error.provider ??= candidate.name;
				error.attempt = number;
			}
			return error;
		},
		end(decision, error) {
			if (ended) return [];
			ended = true;
			if (nested) return nestedAttempts;
			const durationMs = performance.now() - clock;
			host.report({ type: "attempt-end", ...identity, ...(error && { error }), decision, startedAt, durationMs });
			return [{ provider: candidate.name, model: candidate.model, number, ...(error && { error }), decision, startedAt, durationMs }];
		},
	};
}

/** Passes on the chunks of the attempt that the chain has committed to. */
async function* relay(held: Chunk[], attempt: OpenAttempt, onFinish: () => void): Batches<Chunk> {
	const text = createTextPieces();
	const keep = (chunks: Chunk[]): Chunk[] => {
		for (const chunk of chunks) {
			if (chunk.type === "text-delta") text.add(chunk.text);
			else if (chunk.type === "text-replace") text.replace(chunk.text);
			else if (chunk.type === "finish") {
				attempt.end("answered");
				onFinish();
			}
		}
		return chunks;
	};
	yield keep(held);
	while (true) {
		let result: IteratorResult<Chunk[], void>;
		try {
			result = await attempt.stream.next();
		} catch (thrown) {
			throw interrupted(attempt.own(thrown), text.text());
		}
		if (result.done) return;
		yield keep(result.value);
	}
}

/** Asks a chain, and gives its chunks as they come. */
export function askChain(chain: ChainProvider, request: ProviderRequest, context: AttemptContextInput): Batches<Chunk> {
	const chunks = chain.createAsyncGenerator(request, context);
	return batchesOf(chunks) ?? group(chunks);
}

/** A failure after content: the answer broke, and what came of it is kept. */
function interrupted(error: SpaceportError, textSoFar: string): SpaceportError {
	if (passedThrough.has(error.code)) return error;
	if (isSpaceportError(error, "stream-interrupted") && error.textSoFar === textSoFar) return error;
	return new StreamInterruptedError(`The answer broke off after ${textSoFar.length} characters: ${error.message}`, {
		textSoFar,
		cause: error,
		hint: "What came is in textSoFar. Ask again, or ask another provider.",
		provider: error.provider,
		attempt: error.attempt,
	});
}
