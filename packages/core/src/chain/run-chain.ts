import type { Chunk } from "../chunk.ts";
import type { AttemptRecord } from "../completion.ts";
import { ChainExhaustedError, type LeftOut } from "../errors/chain-exhausted-error.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import { hasErrorBrand, type SpaceportError } from "../errors/spaceport-error.ts";
import { StreamInterruptedError } from "../errors/stream-interrupted-error.ts";
import { TimeoutError } from "../errors/timeout-error.ts";
import { abortedError } from "../errors/to-aborted-error.ts";
import { toSpaceportError } from "../errors/to-spaceport-error.ts";
import { loadPart } from "../load-part.ts";
import type { ProviderRequest } from "../message.ts";
import { parts } from "../parts/parts.ts";
import type { AttemptContextInput } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import { type Batches, batchesOf, follow, group, through } from "./batches.ts";
import type { ChainHost } from "./chain-host.ts";
import { type ChainOptionsInput, completeChainOptions } from "./chain-options.ts";
import { type ChunkOutbox, createChunkOutbox } from "./chunk-outbox.ts";
import type { Course, NextAttempt } from "./course.ts";
import type { ChainProvider } from "./create-chain.ts";
import { createHandedOut } from "./handed-out.ts";
import { isResting } from "./health/health.ts";
import { isChainProvider } from "./is-chain-provider.ts";
import { isContent } from "./is-content.ts";
import type { Limiters } from "./limits/limiter.ts";
import { createLinkedController } from "./linked-controller.ts";
import { type OpenAttempt, openAttempt } from "./open-attempt.ts";
import { passesThrough } from "./passes-through.ts";
import { primeStream } from "./prime-stream.ts";
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
	/** Who was passed over before it began. */
	readonly leftOut?: readonly LeftOut[];
	/** Whether the failure of the last attempt is wrapped in `chain-exhausted`, or thrown as it is for a provider asked alone. */
	readonly exhausted: "wrap" | "own";
}

/**
 * Turns candidates into one stream: asks one after the other until the first content comes, and stays with that one. Where it breaks off, another one goes on with the
 * answer, if the caller wants that. It ends with `finish`, or throws.
 *
 * @param run - whom to ask for what
 */
export function runChain(run: ChainRun): Batches<Chunk> {
	return follow(steps(run.host.kind?.narrow(run) ?? run));
}

async function* steps(run: ChainRun): AsyncGenerator<Chunk[] | Batches<Chunk>, void, void> {
	const { context, host } = run;
	const options = completeChainOptions(...run.given);
	const { controller, unlink } = createLinkedController(context.signal);
	const { signal } = controller;
	const { totalMs } = options.timeouts;
	const mostAttempts = Math.min(host.mostAttempts, host.attemptsMade() + options.retry.maxAttempts);
	const startedAt = performance.now();
	const total = createWatchdog(() => {
		const message = `The request was not done after ${totalMs} ms.`;
		controller.abort(new TimeoutError(message, { phase: "total", afterMs: totalMs, hint: "Raise timeouts.totalMs." }));
	});
	const goesOn = options.onInterruption !== "fail";
	const attempts: AttemptRecord[] = [];
	let course: Course | undefined;
	let outbox: ChunkOutbox;
	let current: OpenAttempt | undefined;
	/** The current attempt's chunks, as far as they belong to the answer. */
	let reading: Batches<Chunk> | undefined;
	let answered = false;
	const handed = createHandedOut({
		// Whoever goes on with a broken answer makes calls of its own: half of one must not have been handed out.
		holdsCalls: goesOn,
		onUsage: (usage) => current?.used(usage),
		onFinish() {
			answered = true;
			current?.end("answered");
		},
	});
	const commits = goesOn ? (chunk: Chunk): boolean => chunk.type !== "tool-call-delta" && isContent(chunk) : isContent;

	/** Makes an attempt, up to its first content. */
	async function ask({ candidate, ticket, hasOthers, force, goOn }: NextAttempt): Promise<Chunk[]> {
		signal.throwIfAborted();
		const request = { ...(goOn?.requestFor(candidate) ?? run.request), model: candidate.model };
		const attempt = openAttempt(run, options, { candidate, ticket, request, signal, hasOthers, force, mostAttempts });
		current = attempt;
		const stream = goOn?.align(attempt) ?? attempt.stream;
		reading = stream;
		try {
			const show = (chunk: Chunk): void => {
				if (chunk.type === "queue-update") attempt.queued(chunk.position);
				outbox.push(chunk);
			};
			const held = await primeStream(stream, show, commits);
			attempt.began();
			return held;
		} catch (thrown) {
			await stream.return();
			await attempt.stream.return();
			throw attempt.own(thrown);
		}
	}

	/** Asks the first candidate, where there is nothing against it. */
	async function begin(): Promise<Chunk[]> {
		const [candidate] = run.candidates;
		const nested = isChainProvider(candidate.provider);
		if (!nested && !host.health.isQuiet) return (await planned(undefined)).begin();
		const ticket = nested
			? undefined
			: await host.health.claim(candidate, { force: false, requestId: host.requestId, report: host.report });
		if (ticket !== undefined && isResting(ticket)) return (await planned(undefined)).begin();
		return ask({ candidate, ticket, hasOthers: run.candidates.length > 1, force: candidate.lastResort === true || isAlone(run) }).catch(
			async (failure) => {
				// Nobody was asked: what an attempt is made of threw.
				if (current === undefined) throw failure;
				return (await planned(failure)).askOn(failure);
			},
		);
	}

	/** What decides where a run does not simply succeed. It is loaded then. */
	async function planned(failure: unknown): Promise<Course> {
		if (course !== undefined) return course;
		try {
			const { createCourse } = await loadPart("asking again", parts.course, signal.aborted ? undefined : signal);
			course = createCourse({
				run,
				options,
				signal,
				handed,
				attempts,
				ask,
				current: () => current,
				leftMs: () => totalMs - (performance.now() - startedAt),
				leftAttempts: () => mostAttempts - host.attemptsMade(),
			});
			return course;
		} catch (error) {
			if (!signal.aborted) host.logger.warn({ err: error }, "Nobody else is asked: what does that cannot be loaded.");
			throw failure ?? error;
		}
	}

	/** A stream that broke: who goes on with it, if that is wanted and can be. */
	async function afterBreak(thrown: unknown): Promise<Chunk[]> {
		const cause = (current as OpenAttempt).own(thrown);
		const broken = interrupted(cause, handed.text());
		const isSentOn = options.dispositions[cause.code]?.next ?? !passesThrough(cause);
		const mayGoOn = goesOn && isSentOn && !signal.aborted && !handed.isFinal;
		if (!mayGoOn) throw broken;
		return (await planned(broken)).goOn(broken, cause);
	}

	try {
		total.watch(totalMs);
		for (let find: (() => Promise<Chunk[]>) | undefined = begin; find !== undefined; ) {
			outbox = createChunkOutbox();
			const found: Promise<Chunk[]> = find().finally(outbox.close);
			// It is awaited below, but the outbox is read first, and the consumer may leave before.
			found.catch(() => {});
			yield outbox.read();
			const held: Chunk[] = await found.catch((thrown: unknown) => {
				// An answer that broke off did so whatever came after.
				throw signal.aborted && !isSpaceportError(thrown, "stream-interrupted") ? abortedError(signal.reason) : thrown;
			});
			find = undefined;
			try {
				// What of the attempt is handed out, from its first content on.
				yield through(reading as Batches<Chunk>, handed.pass, held);
			} catch (thrown) {
				find = () => afterBreak(thrown);
			}
		}
	} catch (thrown) {
		const error = hasErrorBrand(thrown) ? thrown : toSpaceportError(thrown, run.name);
		// An attempt that was cut short by the caller or by the total has not been judged yet.
		if (current !== undefined) attempts.push(...current.end("fail", error));
		const isOwn = run.exhausted === "own" || !handed.isEmpty || passesThrough(error);
		if (isOwn) throw error;
		const known = await planned(error).catch(() => undefined);
		if (known !== undefined) throw await known.ending(error);
		// What says it well cannot be loaded.
		const message = `No provider of the chain "${run.name}" could answer: ${error.code}: ${error.message}`;
		throw new ChainExhaustedError(message, { attempts, lastError: error, cause: error, hint: error.hint });
	} finally {
		total.stop();
		unlink();
		// After the end there is nothing to abort: its error would be made for nobody.
		const error = answered ? undefined : abortedError(context.signal?.reason);
		if (error !== undefined) controller.abort(error);
		if (current !== undefined) {
			await reading?.return();
			await current.stream.return();
			if (error !== undefined) current.end("fail", error);
		}
	}
}

/** Asks a chain, and gives its chunks as they come. */
export function askChain(chain: ChainProvider, request: ProviderRequest, context: AttemptContextInput): Batches<Chunk> {
	const chunks = chain.createAsyncGenerator(request, context);
	return batchesOf(chunks) ?? group(chunks);
}

/** Whether a run is about one provider that was asked for by its name: nobody else can be asked in its place. */
export function isAlone(run: ChainRun): boolean {
	return run.exhausted === "own" && run.candidates.length === 1;
}

/** A failure after content: the answer broke, and what came of it is kept. */
function interrupted(error: SpaceportError, textSoFar: string): SpaceportError {
	if (passesThrough(error)) return error;
	if (isSpaceportError(error, "stream-interrupted") && error.textSoFar === textSoFar) return error;
	return new StreamInterruptedError(`The answer broke off after ${textSoFar.length} characters: ${error.message}`, {
		textSoFar,
		cause: error,
		hint: "What came is in textSoFar. Ask again, or ask another provider.",
		provider: error.provider,
		attempt: error.attempt,
	});
}
