import { longestSpace } from "./joint.ts";

/** What closes each sign that a model puts before what it repeats; `>` is closed by nothing. */
const closers: readonly (readonly [opening: string, closing: string])[] = [
	['"“”„«»‹›', '"”“»«›‹'],
	["'‘", "'’"],
	["「『", "」』"],
	["`", "`"],
	["*", "*"],
	["_", "_"],
];

/**
 * How long the signs are that end what a model has put between them: those that close the ones before it, with dots, unless they are the answer's own.
 *
 * @param after - what follows the repetition
 * @param opened - the signs before it; a fence where it stands in a block
 * @param line - the last line of what was sent
 * @param ended - whether no more comes
 * @returns undefined while more of them may come
 */
export function closingSigns(after: string, opened: string, line: string, ended: boolean): number | undefined {
	if (opened.includes("```")) {
		const [fence = ""] = /^\s*\n`{3}(?=\s|$)/.exec(after) ?? [];
		return /^\s*(?:\n`{0,3})?$/.test(after) && after.length < longestSpace && !ended ? undefined : fence.length;
	}
	const pairs = closers.filter(([opening]) => [...opened].some((sign) => opening.includes(sign)));
	const signs = pairs.flatMap(([, closing]) => [...closing]).filter((sign) => line.split(sign).length % 2 === 1);
	const dots = after.startsWith("...") ? 3 : after.startsWith("…") ? 1 : 0;
	let end = dots;
	while (end < dots + 3 && signs.includes(after.charAt(end))) end += 1;
	const mayGrow = (end === after.length && end < dots + 3) || /^\.{1,2}$/.test(after);
	return mayGrow && !ended ? undefined : end === dots ? 0 : end;
}
