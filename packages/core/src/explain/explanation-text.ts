import type { ExplainedCandidate, ExplainedLeftOut, Explanation } from "./explanation.ts";

/**
 * An explanation for a terminal: a line for each, with what is said beside it below.
 *
 * @param explanation - who would be asked, and who not
 */
export function explanationText({ asked, candidates, leftOut, options }: Omit<Explanation, "toString">): string {
	const names = [...candidates, ...leftOut].map(nameOf);
	const width = Math.max(0, ...names.map((name) => name.length));
	const column = String(candidates.length).length + 3;
	const line = (mark: string, name: string, text: string): string => `${mark.padStart(column)} ${name.padEnd(width)}  ${text}`;
	const below = (text: string): string => `${" ".repeat(column + width + 3)}${text}`;
	return [
		candidates.length === 0 ? `Nobody would be asked for "${asked}".` : `"${asked}" would be asked in this order:`,
		...candidates.flatMap((candidate) => [
			line(`${candidate.position}.`, nameOf(candidate), `${candidate.reason}${inside(candidate)}`),
			below(`first words within ${duration(candidate.timeouts.firstChunkMs)}`),
			...(candidate.limit === undefined ? [] : [below(candidate.limit)]),
			...candidate.warnings.map(below),
		]),
		...(leftOut.length === 0 ? [] : ["Left out:"]),
		...leftOut.map((one) => line("-", nameOf(one), `${one.reason}${inside(one)}`)),
		`At most ${options.retry.maxAttempts} attempts in ${duration(options.timeouts.totalMs)}; a broken answer: ${options.onInterruption}; settings that are lacked: ${options.unsupportedParameters}.`,
	].join("\n");
}

function nameOf({ provider, model }: ExplainedCandidate | ExplainedLeftOut): string {
	return model === "" || model === provider ? provider : `${provider} (${model})`;
}

/** The way to a member of a chain in a chain. */
function inside({ chain }: ExplainedCandidate | ExplainedLeftOut): string {
	return chain.length < 2 ? "" : ` (${chain.join(" → ")})`;
}

function duration(milliseconds: number): string {
	if (milliseconds === Infinity) return "any time";
	if (milliseconds < 1000) return `${milliseconds} ms`;
	return milliseconds < 120_000 ? `${Math.round(milliseconds / 100) / 10} s` : `${Math.round(milliseconds / 6000) / 10} min`;
}
