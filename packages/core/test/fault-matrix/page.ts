import { type ExpectedGroup, expected } from "./expected.ts";
import { faults as allFaults, type Fault, type FaultName } from "./faults.ts";
import { answer, type Moment, moments, type Policy, type Position, policies, positions } from "./play.ts";

/** What came of each case, in words. */
export type Results = ReadonlyMap<FaultName, Readonly<Record<Position, Readonly<Record<Policy, Readonly<Record<Moment, string>>>>>>>;

const faults: Readonly<Record<FaultName, Fault>> = allFaults;
const momentNames = Object.keys(moments) as Moment[];
const policyNames = Object.keys(policies) as Policy[];
const positionNames = Object.keys(positions) as Position[];

const head = `---
title: Fault matrix
---

# Fault matrix

What a chain does about each failure, as the tests of \`@spaceport/core\` see it: this page is written by them, from runs and not from intentions. What they
expect is written down apart from it, in \`packages/core/test/fault-matrix/expected.ts\`.

A, B and C are providers in the order of their chain. All of them would give the same answer, "${answer}"

| who fails | what the chain is |
|---|---|
| A, once | A fails the first time that it is asked, and would answer the second time; B is well |
| A, always | A fails whenever it is asked; B is well |
| B, after A | A cannot do what is asked (\`unsupported\`), B always fails, C is well |
| B, the last | A cannot do what is asked, B always fails, and nobody else is there |
| A and B | both always fail, and nobody else is there |
| alone | A is asked on its own, without a chain |

It fails **before** anything of the answer has come, right **with the first chunk**, **during** the answer, or **after all** of its **text**, before the end was said. The policy is
\`onInterruption\`, by default \`continue\`: what is to happen when an answer breaks off. A row holds for the policies that are named in it. All else has its default, but for the jitter of the delays, which is none.

"A again after 0.5 s" is another attempt, so long after the one before it began; "ends in" names the code of the error that the caller gets, and in brackets that of the last failure, where the error
is a chain's. "Goes on" means that the text is whole in the end, with nothing in it twice, and that a seam says where the other provider's part begins; "starts anew" that its own answer has taken the place of the
broken one. "Text kept" means that \`textSoFar\` has all that was sent.
Reading chunks and reading text come to the same, but for an answer that is begun anew ("text replaced"): text that was read cannot be taken back. For that policy, whoever is asked after the break
has words of its own; where the others are asked to go on, they say the same answer from its start.
`;

/** The page of the docs, from what the runs gave. */
export function page(results: Results): string {
	return [head, overview(results), ...expected.map((group) => section(group, results))].join("\n");
}

/** One line for each fault: what most come for. */
function overview(results: Results): string {
	const rows = expected.flatMap((group) =>
		group.faults.map((name) => {
			const row = results.get(name)?.["A, always"];
			const broken = faults[name].beforeAlone ? policyNames.map(() => "–") : policyNames.map((policy) => row?.[policy].during ?? "");
			return `| ${[`[\`${name}\`](#${anchor(group.title)})`, row?.fail.before, ...broken].join(" | ")} |`;
		}),
	);
	return [
		"## In short: A fails whenever it is asked, and B stands ready",
		"",
		`| failure | before the answer | ${policyNames.map((policy) => `during it: \`${policy}\``).join(" | ")} |`,
		`|---|---|${policyNames.map(() => "---|").join("")}`,
		...rows,
		"",
	].join("\n");
}

function section({ title, faults: names }: ExpectedGroup, results: Results): string {
	const lead = names.find((name) => !faults[name].beforeAlone) ?? (names[0] as FaultName);
	const severalCodes = new Set(names.map((name) => faults[name].code)).size > 1;
	const rows: string[] = [];
	for (const position of positionNames) {
		const cells = (policy: Policy): string => {
			const row = results.get(lead)?.[position][policy];
			const text = momentNames.map((moment) => row?.[moment] ?? "").join(" | ");
			const { code } = faults[lead];
			return severalCodes ? text.replaceAll(`(${code})`, "(its code)").replaceAll(`ends in ${code}`, "ends in its code") : text;
		};
		const alike = new Map<string, Policy[]>();
		for (const policy of policyNames) alike.set(cells(policy), [...(alike.get(cells(policy)) ?? []), policy]);
		for (const [text, those] of alike)
			rows.push(`| ${position} | ${those.length === policyNames.length ? "any" : those.join(", ")} | ${text} |`);
	}
	const list = names.map((name) => `\`${name}\`${faults[name].beforeAlone && lead !== name ? " (before alone)" : ""}`).join(" · ");
	return [
		`## ${title}`,
		"",
		list,
		"",
		`| who fails | policy | ${momentNames.join(" | ")} |`,
		"|---|---|---|---|---|---|",
		...rows,
		"",
	].join("\n");
}

/** The place of a heading, as it is linked to. */
function anchor(title: string): string {
	return title
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, "")
		.replaceAll(" ", "-");
}
