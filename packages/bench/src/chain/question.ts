import { setTimeout as sleep } from "node:timers/promises";

import { answerTokens } from "../answer.ts";

/** What is asked: an answer of so many pieces. */
export interface Question {
	readonly pieces: number;
	/** How long the provider waits before each piece, in milliseconds; 0 is not at all. */
	readonly everyMs: number;
	/** Stands at the beginning of the answer, so that no two answers are alike. */
	readonly call: number;
}

/** A question as a text that every client can pass on. */
export function questionText({ pieces, everyMs, call }: Question): string {
	return `pieces=${pieces} every=${everyMs} call=${call}`;
}

const known = new Map<number, readonly string[]>();

function piecesOf(count: number): readonly string[] {
	const pieces = known.get(count) ?? answerTokens(count);
	known.set(count, pieces);
	return pieces;
}

/** The whole answer. */
export function answerText({ pieces, call }: Question): string {
	return [`#${call}`, ...piecesOf(pieces).slice(1)].join("");
}

/**
 * The provider that all clients have: a generator of the pieces, one by one. What a client costs is what it adds to this.
 *
 * @param text - from `questionText`
 */
export async function* answer(text: string): AsyncGenerator<string, void, void> {
	const [pieces = 0, everyMs = 0, call = 0] = text.match(/\d+/g)?.map(Number) ?? [];
	const list = piecesOf(pieces);
	for (let index = 0; index < pieces; index += 1) {
		if (everyMs > 0) await sleep(everyMs);
		yield index === 0 ? `#${call}` : (list[index] as string);
	}
}
