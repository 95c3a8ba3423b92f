import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link StreamInterruptedError} is made with. */
export interface StreamInterruptedErrorOptions extends SpaceportErrorOptions {
	/** The text that had come. */
	readonly textSoFar: string;
}

/** The stream ended before the answer did. `textSoFar` keeps what came. */
export class StreamInterruptedError extends SpaceportError<StreamInterruptedErrorOptions> {
	override readonly name = "StreamInterruptedError";
	readonly code = "stream-interrupted";
	/** The text that had come. */
	declare readonly textSoFar: string;
}
