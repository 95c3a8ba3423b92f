import type { Chunk } from "../chunk.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import { ProviderFailedError } from "../errors/provider-failed-error.ts";
import { abortedError } from "../errors/to-aborted-error.ts";
import { toSpaceportError } from "../errors/to-spaceport-error.ts";
import type { ProviderRequest } from "../message.ts";
import type { AttemptContext } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import { showValue } from "../show-value.ts";
import { type Batches, follow } from "./batches.ts";
import type { Limiter, Slot } from "./limits/limiter.ts";
import { createProviderReader } from "./provider-reader.ts";

/** One attempt: whom to ask for what, and within which limits. */
export interface AttemptTask {
	readonly candidate: Candidate;
	/** What is asked, or what makes it of what the candidate can take. */
	readonly request: ProviderRequest | (() => Promise<ProviderRequest>);
	/** The attempt's context; its signal is the request's, and its deadlines hold. */
	readonly context: AttemptContext;
	readonly limiter: Limiter;
	/** Where it waits for its slot: before those with less. */
	readonly priority: number;
	/** The longest wait for its slot, in milliseconds, where it is known beforehand. One that is longer fails at once. */
	readonly maxWaitMs: number;
	/** How long what the provider said of its limits is heeded, in milliseconds: beyond it, it is asked all the same. @default Infinity */
	readonly heedMs?: number;
	/** Called when the attempt waits in our own limiter. */
	readonly onLimiterWait: (position: number) => void;
}

/**
 * Runs one attempt: takes a limiter slot, asks the provider, holds the deadlines, and gives back typed chunks that end with `finish`, alone in its batch, or
 * throws a typed error. Time that the consumer takes between two batches counts against none of the attempt's deadlines.
 *
 * @param task - what to run
 */
export function runAttempt(task: AttemptTask): Batches<Chunk> {
	return follow(steps(task));
}

async function* steps(task: AttemptTask): AsyncGenerator<Chunk[] | Batches<Chunk>, void, void> {
	const { candidate, context, limiter } = task;
	const controller = new AbortController();
	const { signal } = controller;
	const reader = createProviderReader(candidate.name, context.deadlines, controller);
	const onAbort = (): void => reader.interrupt(abortedError(context.signal.reason));
	let slot: Slot | undefined;
	try {
		if (context.signal.aborted) onAbort();
		else context.signal.addEventListener("abort", onAbort, { once: true });
		const request = typeof task.request === "function" ? await task.request() : task.request;
		const { priority, heedMs, onLimiterWait: onWait } = task;
		const maxWaitMs = Math.min(task.maxWaitMs, context.deadlines.queueMs);
		const taken = limiter.acquire({ signal, priority, maxWaitMs, request, heedMs, onWait });
		if (taken instanceof Promise) {
			taken.then(
				(late) => {
					// A slot that comes too late is given back.
					if (signal.aborted) late.release();
				},
				() => {},
			);
			slot = await reader.queue(taken);
		} else slot = taken;
		signal.throwIfAborted();
		const { alive } = reader;
		yield reader.read(openGenerator(candidate, request, { ...context, signal, alive, reportLimits: slot.report }));
		const finish = await reader.finish();
		slot.release(reader.usage());
		yield [finish];
	} catch (thrown) {
		const error = reader.interruption() ?? toSpaceportError(thrown, candidate.name);
		// Others who wait for the same provider are told.
		if (isSpaceportError(error, "rate-limited") && error.retryAfterMs !== undefined) slot?.report({ retryAfterMs: error.retryAfterMs });
		throw error;
	} finally {
		context.signal.removeEventListener("abort", onAbort);
		await reader.leave();
		slot?.release(reader.usage());
	}
}

/** Asks the provider. JavaScript lets it give back anything, so that what came is looked at. */
function openGenerator(
	candidate: Candidate,
	request: ProviderRequest,
	context: AttemptContext,
): AsyncGenerator<Chunk | string, void, void> {
	const generator: unknown =
		context.host?.kind?.ask(candidate, request, context) ?? candidate.provider.createAsyncGenerator(request, context);
	if (typeof (generator as { readonly next?: unknown } | null | undefined)?.next === "function") {
		return generator as AsyncGenerator<Chunk | string, void, void>;
	}
	const isPromise = generator instanceof Promise;
	if (isPromise) generator.catch(() => {});
	const what = isPromise ? "a promise" : showValue(generator, 200);
	const message = `createAsyncGenerator of "${candidate.name}" gave ${what}, which is no async generator: is it an async function* or async *method?`;
	throw new ProviderFailedError(message, { provider: candidate.name });
}
