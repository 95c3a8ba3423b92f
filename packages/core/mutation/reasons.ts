import type { Survivor } from "./report.ts";

/** A kind of survivor. */
interface Reason {
	/** Why they live, as a heading. */
	readonly why: string;
	readonly of: (survivor: Survivor) => boolean;
}

const bounds = /<=|>=|<|>/;

/** Whether one comparison takes the place of its neighbour: `<` that of `<=`. */
function movesBound({ was, is }: Survivor): boolean {
	const [one, other] = [bounds.exec(was)?.[0], bounds.exec(is)?.[0]];
	return one !== undefined && other !== undefined && one[0] === other[0] && one !== other;
}

/** Why survivors live that are to live, or may, in the order in which they are tried. */
export const reasons: readonly Reason[] = [
	{
		why: "Words of messages and hints, which a test could only repeat",
		// Whoever reads them is a person: they have spaces, or are put together.
		of: ({ mutator, was }) => mutator === "StringLiteral" && (was.startsWith("`") || was.trim().includes(" ")),
	},
	{
		why: "Work saved: without the shortcut the same comes out, with more effort",
		of: ({ mutator, around, is }) =>
			mutator === "ConditionalExpression" && is === "false" && /isQuiet|=== ""|length === 0|=== undefined\) return|=== 0\)/.test(around),
	},
	{
		why: "Tidying up: listeners, timers and values that nobody would miss after the end",
		of: ({ around }) =>
			/removeEventListener|clearTimeout|once: true|catch\(\(\) =>|unref|\.length = 0|unlink|half = ""|calls = \[\]/.test(around),
	},
	{
		why: "The name of a part of the program, for the message where it cannot be loaded",
		of: ({ mutator, around }) => mutator === "StringLiteral" && around.includes("loadPart("),
	},
	{
		why: "What the types allow to be absent, and is there in every run",
		of: ({ mutator, was }) => mutator === "OptionalChaining" || (mutator === "LogicalOperator" && was.includes("??")),
	},
	{
		why: "A bound moved by one: no test stands on it, or both sides of it come to the same",
		of: (survivor) => survivor.mutator === "EqualityOperator" && movesBound(survivor),
	},
	{
		why: "Patterns with a part more or less (an alternative, an anchor, a class turned round) that no example tells apart",
		of: ({ mutator }) => mutator === "Regex",
	},
];
