import { type ExpectedGroup, expected } from "./expected.ts";
import type { ByteFaultName } from "./faults.ts";
import { type Position, positions } from "./play.ts";
import { bodies } from "./statuses.ts";

/** What came of each case, in words. */
export type Results = ReadonlyMap<ByteFaultName, Readonly<Record<Position, string>>>;

const positionNames = Object.keys(positions) as Position[];

const head = `---
title: Faults of an endpoint, byte by byte
---

# Faults of an endpoint, byte by byte

What becomes of each thing that an endpoint for chat completions may do in place of answering, as the tests of \`@spaceport/provider-openai\` see it: a server on loopback writes
these bytes, and this page is written from what came of them (\`npm run fault-matrix\`). What is expected is written down apart from it, by hand, in
\`packages/provider-openai/test/byte-faults/expected.ts\`.

| who is asked | what there is |
|---|---|
| alone | the endpoint by itself, once |
| first | a chain of three: A does it whenever it is asked; B and C are well |
| middle | a chain of three: A's connection breaks after the first words, B does it, C is well |
| last | a chain of three: A and B refuse their keys, C does it |

"A again" is another attempt. "Goes on" means that the text is whole in the end, with nothing in it twice; "text kept" that \`textSoFar\` has all that was sent. "Ends in" names the
code of the error that the caller gets, and in brackets that of what it came of. In every case no key stands in an error or goes to another origin, and no connection is left open.
How a chain treats each class of errors, with its waits and for every policy, stands in [the fault matrix](fault-matrix.md).
`;

/** The page of the docs, from what the runs gave. */
export function page(results: Results, statuses: ReadonlyMap<number, Readonly<Record<string, string>>>): string {
	return [head, ...expected.map((group) => section(group, results)), statusSection(statuses)].join("\n");
}

function section({ title, faults }: ExpectedGroup, results: Results): string {
	const rows = faults.map((name) => {
		const row = results.get(name);
		return `| ${[name, ...positionNames.map((position) => row?.[position] ?? "")].join(" | ")} |`;
	});
	return [`## ${title}`, "", `| the endpoint gives | ${positionNames.join(" | ")} |`, "|---|---|---|---|---|", ...rows, ""].join("\n");
}

function statusSection(statuses: ReadonlyMap<number, Readonly<Record<string, string>>>): string {
	const alike = new Map<string, number[]>();
	for (const [status, row] of statuses) {
		const codes = [...new Set(Object.values(row))];
		const most = codes.toSorted((a, b) => count(row, b) - count(row, a))[0];
		const others = Object.entries(row).flatMap(([body, code]) => (code === most ? [] : [`with ${body}: \`${code}\``]));
		const cell = [`\`${most}\``, ...others].join("; ");
		alike.set(cell, [...(alike.get(cell) ?? []), status]);
	}
	return [
		"## What each status comes to",
		"",
		`Where the body does not say more by its code, it is the status that counts, whatever comes with it: ${Object.keys(bodies).join(", ")}.`,
		"",
		"| status | ends in |",
		"|---|---|",
		...[...alike].map(([cell, those]) => `| ${those.join(", ")} | ${cell} |`),
		"",
	].join("\n");
}

function count(row: Readonly<Record<string, string>>, code: string): number {
	return Object.values(row).filter((one) => one === code).length;
}
