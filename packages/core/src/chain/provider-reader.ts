import type { Chunk, FinishChunk, UsageChunk } from "../chunk.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import { TimeoutError } from "../errors/timeout-error.ts";
import { abortedError } from "../errors/to-aborted-error.ts";
import { type Batches, batchesOf, batchesWith, type Taker } from "./batches.ts";
import type { Timeouts } from "./deadlines.ts";
import { isContent } from "./is-content.ts";
import { normalizeChunk } from "./normalize-chunk.ts";
import { createWatchdog } from "./watchdog.ts";

/** How long a provider's `finally` is waited for when its stream is left, in milliseconds. */
const closingMs = 2000;

/** Reads one provider within the deadlines of one attempt. */
export interface ProviderReader {
	/** Why the attempt was cut short, if it was: by a deadline, or an abort. What is waited for fails with it. */
	interruption(): SpaceportError | undefined;
	/** Cuts the attempt short. */
	interrupt(error: SpaceportError): void;
	/** Waits for a turn within the deadline of the queue. */
	queue<Turn>(turn: Promise<Turn>): Promise<Turn>;
	/** The provider's chunks, up to the one that ends the attempt. Time between two batches counts against no deadline. */
	read(generator: AsyncGenerator<Chunk | string, void, void>): Batches<Chunk>;
	/** A sign of life: where another chunk is waited for after the first content, the time for it begins anew. */
	alive(): void;
	/** What the provider has used, as far as it said so. */
	usage(): UsageChunk | undefined;
	/** After the last batch: closes the provider and gives the finish, or throws what came in its place. */
	finish(): Promise<FinishChunk>;
	/** Leaves a provider that has not ended, and stops the clock. */
	leave(): Promise<void>;
}

/**
 * Makes a reader.
 *
 * @param name - the provider's, for messages
 * @param deadlines - how long each phase may take
 * @param controller - is aborted when the attempt is cut short
 */
export function createProviderReader(name: string, deadlines: Timeouts, controller: AbortController): ProviderReader {
	let interruption: SpaceportError | undefined;
	let taker: Taker<Chunk>;
	/** Fails what is waited for; undefined where nothing is. */
	let fail: ((error: unknown) => void) | undefined;
	let phase: "first-chunk" | "queue" | "idle" = "queue";
	/** When the wait began. */
	let since = 0;
	const left = { "first-chunk": deadlines.firstChunkMs, queue: deadlines.queueMs, idle: deadlines.idleMs };
	const watchdog = createWatchdog(() => interrupt(timeoutError(name, phase, deadlines, isAsked)));
	let provider: Source | undefined;
	let isAsked = false;
	let batched = false;
	/** Whether the provider is at work on its next chunk. */
	let pending = false;
	let finish: FinishChunk | undefined;
	let usage: UsageChunk | undefined;
	let failure: { readonly error: unknown } | undefined;

	function interrupt(error: SpaceportError): void {
		interruption ??= error;
		failWith(interruption);
		controller.abort(interruption);
	}
	/** Fails what is waited for, if anything is. It is told by a promise, since whoever interrupts is in the midst of something else. */
	function failWith(error: unknown): void {
		if (fail !== undefined) Promise.reject(error).catch(fail);
		fail = undefined;
	}
	function watch(): void {
		if (phase !== "idle") since = performance.now();
		watchdog.watch(left[phase]);
	}
	function rest(): void {
		watchdog.rest();
		if (phase !== "idle") left[phase] -= performance.now() - since;
	}

	/** Asks for the next chunk. */
	function advance(): void {
		fail = taker.fail;
		if (interruption !== undefined) failWith(interruption);
		else if (finish !== undefined || failure !== undefined) end();
		else {
			pending = true;
			watch();
			try {
				Promise.resolve((provider as Source).next()).then(onNext, onThrown);
			} catch (thrown) {
				onThrown(thrown);
			}
		}
	}
	function end(): void {
		fail = undefined;
		taker.end();
	}
	function onThrown(thrown: unknown): void {
		if (interruption !== undefined) return;
		pending = false;
		rest();
		failWith(thrown);
	}
	function onNext({ done, value }: IteratorResult<unknown, unknown>): void {
		if (interruption !== undefined) return;
		pending = false;
		rest();
		const chunks: Chunk[] = [];
		if (done === true) {
			provider = undefined;
			finish = { type: "finish", finishReason: "unknown" };
		} else {
			try {
				if (!batched) take(value, chunks);
				else {
					for (const one of value as unknown[]) if (take(one, chunks)) break;
					(value as unknown[]).length = 0;
				}
			} catch (error) {
				failure = { error };
			}
		}
		if (chunks.length > 0) {
			fail = undefined;
			taker.take(chunks, advance);
		} else advance();
	}
	/** Notes a chunk, and says whether it is the last one. */
	function take(value: unknown, chunks: Chunk[]): boolean {
		const chunk = normalizeChunk(value as Chunk | string);
		if (chunk.type === "finish") {
			finish = chunk;
			return true;
		}
		if (chunk.type === "text-delta" && chunk.text === "") return false;
		if (chunk.type === "usage") usage = chunk;
		chunks.push(chunk);
		if (phase === "idle") return false;
		if (isContent(chunk)) phase = "idle";
		else if (chunk.type === "queue-update") phase = "queue";
		else if (phase === "queue" && chunk.type === "progress") phase = "first-chunk";
		return false;
	}

	return {
		interruption: () => interruption,
		interrupt,
		async queue(turn) {
			watch();
			const interrupted = new Promise<never>((_, onError) => {
				fail = onError;
				if (interruption !== undefined) failWith(interruption);
			});
			const taken = await Promise.race([interrupted, turn]);
			fail = undefined;
			rest();
			left.queue = deadlines.queueMs;
			return taken;
		},
		read(generator) {
			const batches = batchesOf(generator);
			batched = batches !== undefined;
			provider = batches ?? generator;
			phase = "first-chunk";
			isAsked = true;
			return batchesWith((asking) => {
				taker = asking;
				advance();
			});
		},
		alive() {
			// A provider may call it late: after its end there is nothing to wait for.
			if (phase === "idle" && pending && interruption === undefined) watchdog.watch(left.idle);
		},
		usage: () => usage,
		async finish() {
			if (failure !== undefined) throw failure.error;
			if (provider !== undefined) await close(provider);
			provider = undefined;
			return finish as FinishChunk;
		},
		async leave() {
			if (provider !== undefined || finish === undefined) {
				interrupt(abortedError(undefined));
				// A provider that is still at work on the next chunk ends when its signal tells it to; nobody waits for one that does not listen.
				if (pending) void leaveProvider(provider);
				else await close(provider);
			}
			watchdog.stop();
		},
	};
}

/** What is read: a generator, or the batches of one. JavaScript lets it lack a `return`. */
interface Source {
	next(): Promise<IteratorResult<unknown, void>>;
	return?(): Promise<unknown>;
}

/** Runs a generator's `finally`, and does not wait for ever. What it throws there concerns nobody: the outcome is known. */
async function close(provider: Source | undefined): Promise<void> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const limit = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, closingMs);
	});
	await Promise.race([leaveProvider(provider), limit]);
	clearTimeout(timer);
}

async function leaveProvider(provider: Source | undefined): Promise<void> {
	try {
		await provider?.return?.();
	} catch {
		// See above.
	}
}

function timeoutError(name: string, phase: "first-chunk" | "queue" | "idle", deadlines: Timeouts, isAsked: boolean): TimeoutError {
	const [option, what] =
		phase === "queue"
			? (["queueMs", "was still waiting in the queue"] as const)
			: phase === "idle"
				? (["idleMs", "sent nothing more"] as const)
				: (["firstChunkMs", "gave no content"] as const);
	const afterMs = deadlines[option];
	return new TimeoutError(`"${name}" ${what} after ${afterMs} ms.`, {
		phase,
		afterMs,
		own: isAsked ? undefined : true,
		provider: name,
		hint: `Raise timeouts.${option} where this provider is known to be slow.`,
	});
}
