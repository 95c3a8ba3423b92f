import { existsSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/**
 * One fact that the twin app wrote down, at the moment it happened. `start`: a function was called; `yield`: it yields a value; `end`: it came to its own end;
 * `exit`: it was closed from outside; `error`: it raised; `finally`: the last of all, absent where Gradio leaves the generator suspended.
 */
export interface TwinLogEntry {
	/** Milliseconds since 1970, by the server's clock. */
	readonly t: number;
	readonly event: "start" | "yield" | "end" | "exit" | "error" | "finally";
	/** The endpoint's name without the slash. */
	readonly fn: string;
	/** The `id=` of the query, null where it has none. */
	readonly id: string | null;
	/** How many values were yielded so far, this one included. */
	readonly n: number;
	/** With `start`: what the function was asked. */
	readonly query?: string;
	/** With `start`, in every app but the twin: the inputs that the function was called with. */
	readonly received?: readonly unknown[];
	/** With `yield`: the text as the function yields it. */
	readonly text?: string | null;
	/** With `yield`: the text as Gradio sends it, after its own cleaning. */
	readonly shown?: string | null;
	/** With `yield`, where the server was started with `logData`: all outputs as Gradio sends them. */
	readonly data?: readonly unknown[];
	/** With `error`: the message. */
	readonly error?: string;
}

/** How long to wait for a line of the log. */
export interface WaitForLogOptions {
	/**
	 * Milliseconds until it gives up.
	 * @default 20000
	 */
	readonly timeoutMs?: number;
}

/** Reads a log that another process appends to, each line once. */
export class TwinLog {
	readonly #path: string;
	readonly #entries: TwinLogEntry[] = [];
	#read = 0;

	constructor(path: string) {
		this.#path = path;
	}

	/** All facts so far, oldest first. Once the file is gone, those that were read before. */
	entries(): readonly TwinLogEntry[] {
		if (!existsSync(this.#path)) return this.#entries;
		const bytes = readFileSync(this.#path);
		const end = bytes.lastIndexOf(0x0a) + 1;
		if (end > this.#read) {
			for (const line of bytes.toString("utf8", this.#read, end).split("\n")) {
				if (line !== "") this.#entries.push(JSON.parse(line) as TwinLogEntry);
			}
			this.#read = end;
		}
		return this.#entries;
	}

	/** Waits for a fact that fits, one of the past included. */
	async waitFor(predicate: (entry: TwinLogEntry) => boolean, options: WaitForLogOptions = {}): Promise<TwinLogEntry> {
		const { timeoutMs = 20_000 } = options;
		const endsAt = process.hrtime.bigint() + BigInt(timeoutMs) * 1_000_000n;
		for (;;) {
			const entry = this.entries().find(predicate);
			if (entry !== undefined) return entry;
			if (process.hrtime.bigint() > endsAt) {
				const last = this.entries()
					.slice(-5)
					.map((each) => JSON.stringify({ ...each, data: undefined }));
				throw new Error(`The twin's log has no such line after ${timeoutMs} ms. Its last lines:\n${last.join("\n")}`);
			}
			// Imported, so that a test's fake timers do not stop it.
			await wait(20);
		}
	}
}
