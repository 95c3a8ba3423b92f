import { redact } from "./redact.ts";
import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link ProtocolError} is made with. */
export interface ProtocolErrorOptions extends SpaceportErrorOptions {
	/** Which protocol. */
	readonly protocol: string;
	/** The beginning of what came. */
	readonly sample?: string | undefined;
}

/** The other side sent what its protocol does not allow. */
export class ProtocolError extends SpaceportError {
	override readonly name = "ProtocolError";
	readonly code = "protocol";
	/** Which protocol. */
	readonly protocol: string;
	/** The beginning of what came. */
	declare readonly sample?: string;

	constructor(message: string, options: ProtocolErrorOptions) {
		super(message, options);
		this.protocol = options.protocol;
		if (options.sample !== undefined) this.sample = redact(options.sample);
	}
}
