import type { Quirks } from "../quirks.ts";

/** Where text goes once it is known what it is. */
export interface Sorted {
	text(text: string): void;
	reasoning(text: string): void;
}

/** Tells the reasoning at the beginning of a text apart from the answer. */
export interface TextSorter {
	/** Takes more of the text. */
	take(text: string): void;
	/** The end: gives what was kept back. What is just a verdict is not given; it is returned. */
	end(): string | undefined;
	/** Whether all that comes is text from here on: nothing is looked at any more. */
	readonly isPlain: () => boolean;
}

const openTag = "<think>";
const closeTag = "</think>";

/**
 * Makes what sorts the text of one answer. A `<think>` block at its beginning, after white space at most, is reasoning; its tags and the white space around it are
 * nothing. Such tags elsewhere are text.
 *
 * @param quirks - how reasoning stands in the text, and which answers are empty ones
 * @param sorted - receives what is known
 */
export function createTextSorter({ reasoning = "think-tags", emptyAnswers = [] }: Quirks, sorted: Sorted): TextSorter {
	const verdicts = emptyAnswers.map((verdict) => verdict.trim().toLowerCase());
	const afterBlock = verdicts.length > 0 ? "verdict" : "plain";
	let state: "start" | "think" | "after" | "verdict" | "plain" =
		reasoning === "open-think" ? "think" : reasoning === "think-tags" ? "start" : afterBlock;
	let held = "";
	/** White space that is only given with what follows it. */
	let space = "";
	let hasThoughts = false;

	function think(text: string): void {
		const words = space + text;
		const trimmed = words.trimEnd();
		space = words.slice(trimmed.length);
		const thought = hasThoughts ? trimmed : trimmed.trimStart();
		if (thought === "") return;
		hasThoughts = true;
		sorted.reasoning(thought);
	}

	/** Looks at what is held; says whether there is more to look at. */
	function step(): boolean {
		switch (state) {
			case "start": {
				const begun = held.trimStart();
				if (begun.length < openTag.length && openTag.startsWith(begun)) return false;
				if (begun.startsWith(openTag)) {
					held = begun.slice(openTag.length);
					state = "think";
				} else state = afterBlock;
				return true;
			}
			case "think": {
				// Where it begins inside of a block, the tag may be there all the same.
				if (reasoning === "open-think" && !hasThoughts && space === "") {
					const begun = held.trimStart();
					if (begun !== "" && begun.length < openTag.length && openTag.startsWith(begun)) return false;
					if (begun.startsWith(openTag)) held = begun.slice(openTag.length);
				}
				const end = held.indexOf(closeTag);
				if (end >= 0) {
					think(held.slice(0, end));
					held = held.slice(end + closeTag.length);
					state = "after";
					return true;
				}
				const kept = cutTag(held);
				think(held.slice(0, held.length - kept));
				held = kept === 0 ? "" : held.slice(-kept);
				return false;
			}
			case "after":
				held = held.trimStart();
				if (held === "") return false;
				state = afterBlock;
				return true;
			case "verdict": {
				const begun = held.trim().toLowerCase();
				if (verdicts.some((verdict) => verdict.startsWith(begun))) return false;
				state = "plain";
				return true;
			}
			default:
				if (held !== "") sorted.text(held);
				held = "";
				return false;
		}
	}

	return {
		take(text) {
			held += text;
			while (step());
		},
		end() {
			if (state === "think") think(held);
			else if (state === "verdict" && verdicts.includes(held.trim().toLowerCase())) return held.trim();
			else if (held !== "" && (state !== "start" || held.trim() !== "" || !hasThoughts)) sorted.text(held);
			held = "";
			return undefined;
		},
		isPlain: () => state === "plain" && held === "",
	};
}

/** How many characters at the end of a text may be the beginning of the closing tag. */
function cutTag(text: string): number {
	for (let length = Math.min(closeTag.length - 1, text.length); length > 0; length -= 1) {
		if (closeTag.startsWith(text.slice(-length))) return length;
	}
	return 0;
}
