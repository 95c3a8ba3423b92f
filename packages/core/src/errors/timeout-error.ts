import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** Which deadline passed: until a connection, until the first content, between two chunks, in the queue, in total. */
export type TimeoutPhase = "connect" | "first-chunk" | "idle" | "queue" | "total";

/** What a {@link TimeoutError} is made with. */
export interface TimeoutErrorOptions extends SpaceportErrorOptions {
	/** Which deadline. */
	readonly phase: TimeoutPhase;
	/** How long was waited, in milliseconds. */
	readonly afterMs: number;
	/** It was our own queue (`limits`): the provider was not asked. */
	readonly own?: true | undefined;
}

/** A deadline passed. */
export class TimeoutError extends SpaceportError<TimeoutErrorOptions> {
	override readonly name = "TimeoutError";
	readonly code = "timeout";
	/** Which deadline. */
	declare readonly phase: TimeoutPhase;
	/** How long was waited, in milliseconds. */
	declare readonly afterMs: number;
	/** It was our own queue (`limits`): the provider was not asked. */
	declare readonly own?: true;
}
