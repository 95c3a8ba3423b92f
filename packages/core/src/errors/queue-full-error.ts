import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link QueueFullError} is made with. */
export interface QueueFullErrorOptions extends SpaceportErrorOptions {
	/** How many requests wait there, where it says so. */
	readonly queueSize?: number | undefined;
	/** When there may be room, in milliseconds from now, where that is known. */
	readonly retryAfterMs?: number | undefined;
}

/** The provider's queue takes no more requests. */
export class QueueFullError extends SpaceportError<QueueFullErrorOptions> {
	override readonly name = "QueueFullError";
	readonly code = "queue-full";
	/** How many requests wait there, where it says so. */
	declare readonly queueSize?: number;
	/** When there may be room, in milliseconds from now, where that is known. */
	declare readonly retryAfterMs?: number;
}
