import {
	type AsyncGeneratorProvider,
	type AttemptContextInput,
	type Chunk,
	completeAttemptContext,
	isSpaceportError,
	type ProviderRequest,
} from "@spaceport/core";
import { type Batches, batchesOf, raceSignal, ungroup } from "@spaceport/http";
import type { Sight } from "./reach/look.ts";
import type { Reach } from "./reach/reach.ts";
import { toSpaceportError } from "./to-spaceport-error.ts";

/** How a member of the chain is watched. */
export interface GuardOptions {
	readonly reach: Reach;
	/** What has to be within reach for it; undefined where that is not known. */
	readonly place: string | undefined;
	/**
	 * Told right before it gets the prompt.
	 *
	 * @param model - the model that it is asked for
	 */
	readonly announce: (model: string, context: AttemptContextInput) => void;
}

/**
 * Puts a look at the network before a provider. Whoever is asked first in a request is asked at once, and given up only where nothing at all came from its place in time;
 * the others are asked where their places are within reach, and else fail without getting anything.
 *
 * @param provider - a member of the chain
 * @param options - what is looked at, and who hears of it
 */
export function guard(provider: AsyncGeneratorProvider, options: GuardOptions): AsyncGeneratorProvider {
	const createAsyncGenerator = (request: ProviderRequest, given?: AttemptContextInput): AsyncGenerator<Chunk | string, void, void> =>
		ungroup(answer(provider, options, request, given), () => given?.signal?.aborted === true);
	// Everything else is the provider's own, also what it inherits or computes.
	return Object.create(provider, {
		createAsyncGenerator: { value: createAsyncGenerator },
		...(provider.probe && { probe: { value: provider.probe.bind(provider) } }),
		...(provider.embed && { embed: { value: provider.embed.bind(provider) } }),
	}) as AsyncGeneratorProvider;
}

async function* answer(
	provider: AsyncGeneratorProvider,
	{ reach, place, announce }: GuardOptions,
	request: ProviderRequest,
	given: AttemptContextInput = {},
): Batches<Chunk | string> {
	const { signal, number, deadlines, alive } = completeAttemptContext(given);
	const leave = reach.enter();
	/** Where it fails somebody else is asked next, and wants to know what was seen. */
	let isOver = true;
	let batches: Batches<Chunk | string> | undefined;
	let unlink = (): void => {};
	try {
		signal.throwIfAborted();
		reach.begin(deadlines.connectMs, number === 1);
		const sight = place === undefined ? undefined : reach.see(place, deadlines.connectMs);
		if (number > 1 && sight !== undefined) {
			const seen = await raceSignal(sight, signal);
			if (seen.kind !== "reached") throw toSpaceportError(seen, provider.name, place as string, true);
		}
		announce(request.model, given);
		if (number > 1 || sight === undefined) {
			batches = batchesFrom(provider.createAsyncGenerator(request, given as Parameters<typeof provider.createAsyncGenerator>[1]));
			yield* batches;
			return;
		}
		const own = new AbortController();
		const onAbort = (): void => own.abort(signal.reason);
		signal.addEventListener("abort", onAbort, { once: true });
		unlink = () => signal.removeEventListener("abort", onAbort);
		let isAlive = false;
		const context = {
			...given,
			signal: own.signal,
			alive() {
				isAlive = true;
				alive();
			},
		};
		batches = batchesFrom(provider.createAsyncGenerator(request, context as Parameters<typeof provider.createAsyncGenerator>[1]));
		const first = batches.next();
		const silent = new Promise<Extract<Sight, { kind: "silent" }>>((resolve) => {
			sight.then(
				(seen) => {
					if (seen.kind === "silent" && !isAlive) resolve(seen);
				},
				() => {},
			);
		});
		const step = await Promise.race([first, silent]);
		if ("kind" in step) {
			const error = toSpaceportError(step, provider.name, place as string, false);
			own.abort(error);
			// What comes of it now is nobody's.
			first.catch(() => {});
			batches.return().catch(() => {});
			batches = undefined;
			throw error;
		}
		if (step.done === true) return;
		yield step.value;
		yield* batches;
	} catch (error) {
		isOver = signal.aborted;
		throw error;
	} finally {
		// A deadline of the chain's is a failure like any other.
		leave(isOver && !isSpaceportError(signal.reason, "timeout"));
		unlink();
		await batches?.return();
	}
}

function batchesFrom(chunks: AsyncGenerator<Chunk | string, void, void>): Batches<Chunk | string> {
	return (batchesOf(chunks) as Batches<Chunk | string> | undefined) ?? each(chunks);
}

/** Of those that do not give what is there at once in one step, each chunk is a batch. */
async function* each(chunks: AsyncGenerator<Chunk | string, void, void>): Batches<Chunk | string> {
	for await (const chunk of chunks) yield [chunk];
}
