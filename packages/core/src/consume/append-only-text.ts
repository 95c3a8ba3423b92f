import type { Chunk } from "../chunk.ts";
import { ProtocolError } from "../errors/protocol-error.ts";
import { StreamInterruptedError } from "../errors/stream-interrupted-error.ts";
import { createTextPieces } from "./text-pieces.ts";

/**
 * What to do about text that a provider may still rewrite: release it as it comes and meet rewrites as well as can be (`replace`), or hold the
 * answer back until it is whole (`hold-back`).
 */
export type Revisions = "replace" | "hold-back";

const readChunks = 'Read the chunks, which have text-replace, or ask with revisions: "hold-back".';

/** Turns chunks into text that can only grow. */
export interface AppendOnlyText {
	/**
	 * Takes a chunk.
	 *
	 * @returns the text to release, which may be empty
	 * @throws ProtocolError where text that was released is rewritten in more than white space; StreamInterruptedError where another answer takes its place
	 */
	take(chunk: Chunk): string;
	/** Whether white space in what was released differs from the provider's text. */
	differs(): boolean;
}

/**
 * Makes the state of one append-only text. White space at the end is held back until something follows it: Gradio trims it and brings it back.
 *
 * @param revisions - what to do about rewrites
 */
export function createAppendOnlyText(revisions: Revisions): AppendOnlyText {
	/** What was given out; it never ends in white space. Put together where it is looked at, which it is where a provider rewrites text. */
	const released = createTextPieces();
	/** The provider's text so far. Only kept up while it differs from `released + held`. */
	let astray: string | undefined;
	/** What comes after `released` and is not given out yet: white space, or everything with `hold-back`. */
	let held = "";
	/** The provider's form of what was released, where that is another in white space; undefined where it is the same. */
	let aligned: string | undefined;
	/** Why an answer was begun anew: it takes the place of the one that broke off, which a text stream cannot do. */
	let restart: string | undefined;

	/** What is said where text that was given out is not in the provider's text any more. */
	function lost(sample: string): Error {
		if (restart !== undefined) {
			return new StreamInterruptedError(`The answer was begun anew, and a text stream cannot take back what it gave: ${restart}`, {
				textSoFar: released.text(),
				hint: readChunks,
			});
		}
		return new ProtocolError("The provider rewrote text that was released already, and a text stream cannot take it back.", {
			protocol: "text-replace",
			sample,
			hint: readChunks,
		});
	}

	function release(text: string): string {
		released.add(text);
		if (aligned !== undefined) aligned += text;
		return text;
	}

	function append(text: string): string {
		if (revisions !== "hold-back" && held === "" && endsVisibly(text)) return release(text);
		if (revisions === "hold-back" || !/\S/.test(text)) {
			held += text;
			return "";
		}
		// Not /\s+$/, which takes a time that grows with the square of a run of spaces.
		const end = text.trimEnd().length;
		const visible = held + text.slice(0, end);
		held = text.slice(end);
		return release(visible);
	}

	/** Goes on in a text that was rewritten, at the place that matches what was released. */
	function realign(text: string): string {
		astray = undefined;
		const before = aligned ?? released.text();
		if (text.startsWith(before)) {
			held = "";
			return append(text.slice(before.length));
		}
		// Another answer is the same only where it is so to the letter.
		const match = restart === undefined ? matchIgnoringSpace(released.text(), text) : before.startsWith(text) ? "shorter" : "mismatch";
		if (match === "mismatch") throw lost(text.slice(0, 200));
		if (match === "shorter") {
			astray = text;
			return "";
		}
		aligned = text.slice(0, match);
		held = "";
		return append(text.slice(match));
	}

	return {
		differs() {
			return aligned !== undefined && aligned !== released.text();
		},
		take(chunk) {
			switch (chunk.type) {
				case "text-delta":
					return astray === undefined ? append(chunk.text) : realign(astray + chunk.text);
				case "text-replace":
					return realign(chunk.text);
				case "finish": {
					if (astray !== undefined) {
						throw lost(astray.slice(-200));
					}
					const rest = held;
					held = "";
					return release(rest);
				}
				case "seam":
					if (chunk.how === "restart") restart = chunk.reason;
					return "";
				default:
					return "";
			}
		},
	};
}

/** Whether the last character is one that is surely no white space. */
function endsVisibly(text: string): boolean {
	const last = text.charCodeAt(text.length - 1);
	return last > 0x20 && last < 0x7f;
}

const isSpace = (text: string, index: number): boolean => /\s/.test(text.charAt(index));

/**
 * Where a rewritten text goes on after what was released, white space aside: the index in `text`; `shorter` where it is only the beginning of what
 * was released; `mismatch` where it is another text.
 */
function matchIgnoringSpace(released: string, text: string): number | "shorter" | "mismatch" {
	let index = 0;
	for (let at = 0; at < released.length; at += 1) {
		if (isSpace(released, at)) continue;
		while (index < text.length && isSpace(text, index)) index += 1;
		if (index >= text.length) return "shorter";
		if (released.charCodeAt(at) !== text.charCodeAt(index)) return "mismatch";
		index += 1;
	}
	return index;
}
