import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a Space is doing when it does not answer. */
export type SpaceStage = "sleeping" | "building" | "paused" | "error" | "gone" | "unknown";

/** What a {@link SpaceUnavailableError} is made with. */
export interface SpaceUnavailableErrorOptions extends SpaceportErrorOptions {
	/** What it is doing instead. */
	readonly stage: SpaceStage;
}

/** The Space does not run. */
export class SpaceUnavailableError extends SpaceportError<SpaceUnavailableErrorOptions> {
	override readonly name = "SpaceUnavailableError";
	readonly code = "space-unavailable";
	/** What it is doing instead. */
	declare readonly stage: SpaceStage;
}
