/** Looks for stop strings in text that comes in pieces, and holds back what may be the beginning of one. */
export class StopWatch {
	readonly #stops: readonly string[];
	#held = "";

	constructor(stops: readonly string[]) {
		this.#stops = stops;
	}

	/**
	 * Takes more text.
	 *
	 * @returns the text that may go out, and whether a stop string followed it
	 */
	push(text: string): { readonly text: string; readonly stopped: boolean } {
		const all = this.#held + text;
		const at = this.#stops.map((stop) => all.indexOf(stop)).filter((index) => index >= 0);
		if (at.length > 0) {
			this.#held = "";
			return { text: all.slice(0, Math.min(...at)), stopped: true };
		}
		const keep = Math.max(0, ...this.#stops.map((stop) => overlap(all, stop)));
		this.#held = all.slice(all.length - keep);
		return { text: all.slice(0, all.length - keep), stopped: false };
	}

	/** What was held back, once no more text comes. */
	end(): string {
		const rest = this.#held;
		this.#held = "";
		return rest;
	}
}

/** How long the longest end of a text is that a stop string begins with. */
function overlap(text: string, stop: string): number {
	for (let length = Math.min(text.length, stop.length - 1); length > 0; length -= 1) {
		if (text.endsWith(stop.slice(0, length))) return length;
	}
	return 0;
}
