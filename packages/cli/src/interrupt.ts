import { AbortedError } from "@spaceport/core";
import type { Surroundings } from "./surroundings.ts";

/** The user's wish to stop. */
export interface Interrupt {
	/** Aborts at the first Ctrl-C or SIGTERM. */
	readonly signal: AbortSignal;
	/** 130 after Ctrl-C, 143 after SIGTERM, `undefined` before. */
	readonly exitCode: number | undefined;
	/** Stops as Ctrl-C does: for a prompt, which takes the key before it becomes a signal. */
	raise(): void;
	/** Says that the work is done: from here on a signal ends the process at once. */
	done(): void;
}

/** npm passes on the Ctrl-C that the terminal has sent to all: the same key press comes twice, a moment apart. */
const samePressMs = 250;

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Listens for Ctrl-C and SIGTERM: the first one aborts, the second one ends the process at once.
 *
 * @param surroundings - the process
 */
export function listenForInterrupt(surroundings: Surroundings): Interrupt {
	const controller = new AbortController();
	let code: number | undefined;
	let raisedAt = 0;
	let isDone = false;

	function raise(name: keyof typeof exitCodes): void {
		if (code === undefined) {
			code = exitCodes[name];
			raisedAt = performance.now();
			if (isDone) surroundings.exit(code);
			controller.abort(new AbortedError("Stopped by the user.", { reason: name }));
		} else if (performance.now() - raisedAt > samePressMs) surroundings.exit(exitCodes[name]);
	}

	for (const name of ["SIGINT", "SIGTERM"] as const) surroundings.on(name, () => raise(name));
	return {
		signal: controller.signal,
		get exitCode() {
			return code;
		},
		raise: () => raise("SIGINT"),
		done() {
			isDone = true;
		},
	};
}
