import type { LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { throwIfAborted } from "../abort.ts";
import { promptStep } from "../generate/prompt-step.ts";
import type { CompleteLocalOptions } from "../options.ts";
import type { Engine } from "./load-engine.ts";
import type { HeldModel } from "./load-model.ts";
import { memoryError } from "./memory-error.ts";
import { Turns } from "./turns.ts";

/** A model ready to answer: its contexts, and the queue before them. */
export interface Lane {
	readonly engine: Engine;
	readonly model: LlamaModel;
	/** How many tokens prompt and answer may have together. */
	readonly contextTokens: number;
	readonly turns: Turns;
	/** Takes a context that is free. There is one for every turn. */
	takeSequence(): LlamaContextSequence;
	giveSequence(sequence: LlamaContextSequence): void;
	/** Waits until all answers have ended, and frees the memory. */
	dispose(): Promise<void>;
}

/**
 * Makes the contexts for a model.
 *
 * @throws LocalUnavailableError where the memory is too small
 */
export async function createLane(engine: Engine, held: HeldModel, options: CompleteLocalOptions, signal: AbortSignal): Promise<Lane> {
	const { model } = held;
	const contextTokens = Math.min(options.contextTokens, model.trainContextSize);
	const needed = `contexts for ${options.concurrency} × ${contextTokens} tokens`;
	const context = await model
		.createContext({
			contextSize: contextTokens,
			sequences: options.concurrency,
			// A prompt is read in pieces no larger than this.
			batchSize: promptStep,
			threads: options.threads,
			failedCreationRemedy: false,
			createSignal: signal,
		})
		.catch((error: unknown) => {
			throwIfAborted(signal);
			throw memoryError(error, needed) ?? error;
		});
	const free = Array.from({ length: options.concurrency }, () => context.getSequence());
	const turns = new Turns(options.concurrency);
	return {
		engine,
		model,
		contextTokens,
		turns,
		takeSequence() {
			const sequence = free.pop();
			if (sequence === undefined) throw new RangeError("A turn was taken without a free context.");
			return sequence;
		},
		giveSequence: (sequence) => void free.push(sequence),
		async dispose() {
			await turns.onIdle();
			await context.dispose();
			await held.release();
		},
	};
}
