/**
 * Writes one line. The shape is pino's: an object of fields first and a message after it, or a message alone.
 *
 * @param fields - what the line is about, or the message itself
 * @param message - the sentence, where fields are given
 */
export interface LogMethod {
	(fields: object, message?: string): void;
	(message: string): void;
}

/** The part of pino's logger that Spaceport uses. A pino logger fits as it is; so does any object of this shape. */
export interface Logger {
	readonly trace: LogMethod;
	readonly debug: LogMethod;
	readonly info: LogMethod;
	readonly warn: LogMethod;
	readonly error: LogMethod;
	/** A logger that adds `bindings` to every line. Optional: without it the fields are simply not added. */
	readonly child?: (bindings: object) => Logger;
}

const ignore: LogMethod = () => {};

/** Writes nothing. It is the default everywhere: a library stays quiet until an application gives it a logger. */
export const silentLogger: Logger = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
