import type { ChainClient } from "./chain-client.ts";

/** What a client is to do. */
export interface ChainTask {
	readonly how: keyof ChainClient;
	/** How many pieces each answer has. */
	readonly pieces: number;
	/** How long the provider waits before each piece, in milliseconds. @default 0 */
	readonly everyMs?: number;
	/** How often it asks. */
	readonly times: number;
	/** All at once, or one after another. @default false */
	readonly atOnce?: boolean;
	/**
	 * Whether what is left in the heap is measured. A full collection while no answer is under way takes what the engine compiled for answers with it: what runs next
	 * would pay for compiling once more. @default false
	 */
	readonly heap?: boolean;
}

/** What that took. */
export interface ChainTaskResult {
	/** Of the client's process: user and system. */
	readonly cpuMs: number;
	readonly wallMs: number;
	/** How much larger the heap is afterwards, when all garbage is gone. NaN where that is not measured. */
	readonly leftMb: number;
	/** Of the whole life of the client's process. */
	readonly peakRssMb: number;
}
