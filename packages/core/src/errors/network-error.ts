import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link NetworkError} is made with. */
export interface NetworkErrorOptions extends SpaceportErrorOptions {
	/** What was being done, such as `config`, `join` or `stream`. */
	readonly phase: string;
	/** How long it asks to wait, in milliseconds: what answered instead of it may say so. */
	readonly retryAfterMs?: number | undefined;
}

/** No answer over the network: the name did not resolve, the connection was refused or cut, or a proxy answered instead. */
export class NetworkError extends SpaceportError<NetworkErrorOptions> {
	override readonly name = "NetworkError";
	readonly code = "network";
	/** What was being done, such as `config`, `join` or `stream`. */
	declare readonly phase: string;
	/** How long it asks to wait, in milliseconds: what answered instead of it may say so. */
	declare readonly retryAfterMs?: number;
}
