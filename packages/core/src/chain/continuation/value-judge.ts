import { spaceAlreadySent } from "./joint.ts";
import type { Judge, JudgeOptions, Verdict } from "./verdict.ts";

/**
 * Judges a JSON value, which is whole only if one provider wrote all of it, or any answer that was asked for anew: the new one must be the same as far as the old one was
 * sent. White space may differ, though not within strings.
 */
export function createValueJudge({ sent, before }: JudgeOptions): Judge {
	// A provider that was given the beginning may go on from it, or write it again.
	const traces = before === "" ? [createTrace(sent)] : [createTrace(sent), createTrace(before + sent)];
	let offset = 0;
	const verdict = (): Verdict | undefined => {
		const passed = traces.find(({ state }) => state === "passed");
		if (passed !== undefined) return { state: "aligned", how: "same-start", joint: "", offset: offset - passed.ownSpace };
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
			for (const trace of traces) trace.end();
			return verdict() ?? { state: "mismatch", how: "shorter" };
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
	const spaceAtEnd = sent.slice(sent.trimEnd().length);
	const cursor: Cursor = { at: 0, inString: false, escaped: false };
	let state: "within" | "passed" | "differs" = "within";
	/** Whether white space stood before the place, in what was sent and in the new text. */
	let spaceSent = skipSpace();
	let spaceNew = "";
	/** How much of the white space before the place where the new text goes on was not sent. */
	let ownSpace = 0;

	function skipSpace(): boolean {
		const from = cursor.at;
		while (!cursor.inString && cursor.at < sent.length && isJsonSpace(sent.charAt(cursor.at))) cursor.at += 1;
		return cursor.at > from;
	}

	function keepOwnSpace(next: string): void {
		if (!cursor.inString) ownSpace = spaceNew.length - (spaceAlreadySent(spaceAtEnd, spaceNew + next, true) ?? 0);
	}

	function step(character: string): void {
		if (!cursor.inString && isJsonSpace(character) && state === "within") {
			// Behind all that was sent, it is the first of what is new, unless what was sent ends in white space as well.
			if (cursor.at === sent.length && !spaceSent && cursor.at > 0) state = "passed";
			else spaceNew += character;
			return;
		}
		if (state !== "within") return;
		const before = sent.charAt(cursor.at - 1);
		if (cursor.at === sent.length) {
			// White space ends a number or a word: `12 ` is not the beginning of `125`.
			const wasEnded = spaceSent && spaceNew === "" && !cursor.inString;
			state = wasEnded && isAtom(character) && isAtom(sent.trimEnd().slice(-1)) ? "differs" : "passed";
			keepOwnSpace(character);
			return;
		}
		const split =
			spaceSent !== (spaceNew !== "") &&
			isAtom(character) &&
			isAtom(before.trim() === "" ? sent.slice(0, cursor.at).trimEnd().slice(-1) : before);
		if (sent.charAt(cursor.at) !== character || (split && !cursor.inString)) {
			state = "differs";
			return;
		}
		if (cursor.escaped) cursor.escaped = false;
		else if (cursor.inString && character === "\\") cursor.escaped = true;
		else if (character === '"') cursor.inString = !cursor.inString;
		cursor.at += 1;
		spaceNew = "";
		spaceSent = skipSpace();
	}

	return {
		get state() {
			return state;
		},
		get ownSpace() {
			return ownSpace;
		},
		step,
		/** There is no more of the new text. */
		end(): void {
			if (state !== "within" || cursor.at < sent.length) return;
			state = "passed";
			keepOwnSpace("");
		},
	};
}

function isJsonSpace(character: string): boolean {
	return character === " " || character === "\n" || character === "\r" || character === "\t";
}

function isAtom(character: string): boolean {
	return /[\w.+-]/.test(character);
}
