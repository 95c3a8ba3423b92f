import { type Moment, moments, type Outcome } from "./play.ts";

/** What one case came to, in the few words in which the expectations and the page are written. */
export function inWords(outcome: Outcome, moment: Moment): string {
	const [first, ...others] = outcome.asked;
	const words: string[] = [];
	let before = first?.who;
	for (const { who, afterMs } of others) {
		words.push(`${who}${who === before ? " again" : ""}${after(afterMs)}`);
		before = who;
	}
	return [...words, ending(outcome, moment)].join(", ").replace(/, (answers|goes on|starts anew)/, " $1");
}

function ending({ asked, endedAfterMs, seams, replaced, text, whole, error }: Outcome, moment: Moment): string {
	if (error === undefined) {
		const seam = seams.at(-1);
		const how = seam === undefined ? "answers" : seam.how === "continue" ? "goes on" : "starts anew";
		const seamless = seam === undefined && asked.length > 1 && moments[moment] > 0;
		return [
			how,
			seamless ? "without a seam" : "",
			seams.length > 1 ? `${seams.length} seams` : "",
			replaced ? "text replaced" : "",
			text === whole ? "" : `WRONG TEXT "${text}"`,
		]
			.filter((part) => part !== "")
			.join(", ");
	}
	const kept =
		error.textSoFar === undefined ? "" : error.textSoFar.trimEnd() === text.trimEnd() ? ", text kept" : `, TEXT LOST "${error.textSoFar}"`;
	const last = error.last === undefined || error.last === error.code ? "" : ` (${error.last})`;
	return `ends in ${error.code}${last}${after(endedAfterMs)}${moments[moment] > 0 ? kept : ""}`;
}

/** A time, where there is one to speak of. */
function after(milliseconds: number): string {
	return milliseconds < 1 ? "" : ` after ${Number((milliseconds / 1000).toFixed(1))} s`;
}
