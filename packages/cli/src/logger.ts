import { isSpaceportError, type Logger } from "@spaceport/core";
import { destination, type LoggerOptions, pino, stdSerializers } from "pino";
import type { HideSecrets } from "./secrets.ts";

/** How the command line logs. */
export interface CliLoggerOptions {
	/** Everything from `debug` on, as pino's lines on stderr; else only warnings, as sentences. */
	readonly verbose: boolean;
	/** Shows a warning as a sentence. */
	readonly onWarning: (message: string) => void;
	readonly hideSecrets: HideSecrets;
}

/**
 * Makes the logger that the Spaceport gets.
 *
 * @param options - how much, and where to
 */
export function createLogger({ verbose, onWarning, hideSecrets }: CliLoggerOptions): Logger {
	const options: LoggerOptions = {
		base: null,
		serializers: { err: serializeError, error: serializeError },
		hooks: { streamWrite: hideSecrets },
	};
	if (verbose) return pino({ ...options, level: "debug" }, destination({ dest: 2, sync: true }));
	return pino({ ...options, level: "warn" }, { write: (line) => onWarning((JSON.parse(line) as { msg?: string }).msg ?? line.trim()) });
}

function serializeError(error: unknown): unknown {
	if (isSpaceportError(error)) return error.toJSON();
	return error instanceof Error ? stdSerializers.err(error) : error;
}
