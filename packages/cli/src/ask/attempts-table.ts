import type { AttemptEndEvent } from "@spaceport/core";
import { formatDuration } from "../duration.ts";
import { oneLine } from "../story/one-line.ts";

const outcomes = { answered: "answered", retry: "asked again", fallback: "fell back", fail: "failed" } as const;

/**
 * The attempts of a request as a table.
 *
 * @param attempts - in order
 * @returns lines; none where there was no attempt
 */
export function attemptsTable(attempts: readonly AttemptEndEvent[]): readonly string[] {
	if (attempts.length === 0) return [];
	const rows = attempts.map(({ number, provider, model, decision, durationMs, error }) => [
		String(number),
		provider,
		model,
		outcomes[decision],
		formatDuration(durationMs),
		error === undefined ? "" : oneLine(`${error.code}: ${error.message}`),
	]);
	const all = [["#", "provider", "model", "outcome", "took", "why"], ...rows];
	const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length))) ?? [];
	return all.map((row) =>
		row
			.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] as number)))
			.join("  ")
			.trimEnd(),
	);
}
