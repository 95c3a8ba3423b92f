import { InvalidRequestError, isSpaceportError } from "@spaceport/core";

/** The configuration that is being read. */
export interface ConfigFile {
	/** Its path. */
	readonly path: string;
	/** Its path as it is shown: relative to the current folder where it is in it. */
	readonly shown: string;
}

/** What a {@link configError} may have besides its message. */
export interface ConfigErrorOptions {
	readonly hint?: string | undefined;
	readonly cause?: unknown;
}

/**
 * Makes the error for a mistake in a configuration.
 *
 * @param file - the configuration
 * @param path - the place in it, such as `providers.mine.use`; empty for the whole
 * @param message - what is wrong, as a sentence that goes on from the place
 */
export function configError(file: ConfigFile, path: string, message: string, options: ConfigErrorOptions = {}): InvalidRequestError {
	const place = path === "" ? file.shown : `${file.shown}: ${path}`;
	return new InvalidRequestError(`${place} ${message}`, { path: place, ...options });
}

/**
 * Makes a configuration's error out of one that something in it has led to.
 *
 * @param file - the configuration
 * @param path - the place in it
 * @param error - what was thrown
 */
export function asConfigError(file: ConfigFile, path: string, error: unknown): InvalidRequestError {
	const place = isSpaceportError(error, "invalid-request") && error.path !== "" ? `${path === "" ? "" : `${path}.`}${error.path}` : path;
	const message = error instanceof Error ? error.message : String(error);
	return configError(file, place, `is refused: ${message}`, { cause: error, hint: isSpaceportError(error) ? error.hint : undefined });
}
