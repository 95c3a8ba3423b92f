import type { Judge, JudgeOptions, Verdict } from "./verdict.ts";

/**
 * Judges a JSON value, which is whole only if one provider wrote all of it: the new value must be the same as far as the old one was sent. White space between its parts
 * may differ.
 */
export function createValueJudge({ sent, before }: JudgeOptions): Judge {
	// A provider that was given the beginning may go on from it, or write it again.
	const traces = before === "" ? [createTrace(sent)] : [createTrace(sent), createTrace(before + sent)];
	let offset = 0;
	const verdict = (): Verdict | undefined => {
		if (traces.some(({ state }) => state === "passed")) return { state: "aligned", how: "same-start", joint: "", offset };
		return traces.some(({ state }) => state === "within") ? undefined : { state: "mismatch", how: "diverged" };
	};
	return {
		step(character) {
			for (const unit of character.split("")) {
				for (const trace of traces) trace.step(unit);
				const found = verdict();
				// The first unit that was not sent is the first to go out.
				if (found !== undefined) return found;
				offset += 1;
			}
			return undefined;
		},
		end() {
			return traces.some((trace) => trace.isAtEnd())
				? { state: "aligned", how: "same-start", joint: "", offset }
				: (verdict() ?? { state: "mismatch", how: "shorter" });
		},
	};
}

/** Where a value is in its text: outside of strings white space says nothing. */
interface Cursor {
	at: number;
	inString: boolean;
	escaped: boolean;
}

function createTrace(sent: string) {
	const cursor: Cursor = { at: 0, inString: false, escaped: false };
	let state: "within" | "passed" | "differs" = "within";
	/** Where the white space before the place begins, in what was sent. */
	let spaceFrom = 0;
	/** Whether white space stood before the place, in what was sent and in the new text. */
	let spaceSent = skipSpace();
	let spaceNew = false;
	/** How much of the white space at the end of what was sent the new text has. */
	let spaceSeen = 0;

	function skipSpace(): boolean {
		spaceFrom = cursor.at;
		while (!cursor.inString && cursor.at < sent.length && isJsonSpace(sent.charAt(cursor.at))) cursor.at += 1;
		return cursor.at > spaceFrom;
	}

	function step(character: string): void {
		if (!cursor.inString && isJsonSpace(character) && state === "within") {
			spaceNew = true;
			if (cursor.at < sent.length || cursor.at === 0) return;
			// Behind all that was sent, it is what was sent at its end, or the first of what is new.
			if (sent.charAt(spaceFrom + spaceSeen) === character) spaceSeen += 1;
			else state = "passed";
			return;
		}
		if (state !== "within") return;
		const before = sent.charAt(cursor.at - 1);
		if (cursor.at === sent.length) {
			// White space ends a number or a word: `12 ` is not the beginning of `125`.
			state = spaceSent && !spaceNew && !cursor.inString && isAtom(character) && isAtom(sent.trimEnd().slice(-1)) ? "differs" : "passed";
			return;
		}
		const split =
			spaceSent !== spaceNew && isAtom(character) && isAtom(before.trim() === "" ? sent.slice(0, cursor.at).trimEnd().slice(-1) : before);
		if (sent.charAt(cursor.at) !== character || (split && !cursor.inString)) {
			state = "differs";
			return;
		}
		if (cursor.escaped) cursor.escaped = false;
		else if (cursor.inString && character === "\\") cursor.escaped = true;
		else if (character === '"') cursor.inString = !cursor.inString;
		cursor.at += 1;
		spaceNew = false;
		spaceSent = skipSpace();
	}

	return {
		get state() {
			return state;
		},
		step,
		isAtEnd: (): boolean => state === "passed" || (state === "within" && cursor.at === sent.length),
	};
}

function isJsonSpace(character: string): boolean {
	return character === " " || character === "\n" || character === "\r" || character === "\t";
}

function isAtom(character: string): boolean {
	return /[\w.+-]/.test(character);
}
