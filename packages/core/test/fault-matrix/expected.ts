import type { FaultName } from "./faults.ts";
import type { Policy, Position } from "./play.ts";

/** What is to happen at each position, or, where it is one thing, everywhere. `{code}` stands for the fault's own. */
export type Cells = string | Readonly<Record<Position, string>>;

/** Faults that are to be met alike. */
export interface ExpectedGroup {
	readonly title: string;
	readonly faults: readonly FaultName[];
	/** Before the first chunk: the same with every policy. */
	readonly before: Cells;
	/** With the first chunk, during the answer and after all of its text. */
	readonly after: Readonly<Record<Policy, Cells>>;
}

/** Nobody can go on, or is to. */
const broken = "ends in stream-interrupted, text kept";

/** With `restart` the same ones are asked in the same order, and whoever would go on starts anew, which a reader of text cannot follow. */
function afterBreak(goesOn: Readonly<Record<Position, string>>, fail: string = broken): ExpectedGroup["after"] {
	const instead = (words: string): Cells =>
		Object.fromEntries(Object.entries(goesOn).map(([position, text]) => [position, text.replace(" goes on", words)])) as Record<
			Position,
			string
		>;
	return { fail, continue: goesOn, restart: instead(" starts anew, text replaced"), "restart, as text": instead(`, ${broken}`) };
}

/** The policy makes no difference. */
const always = (cells: Cells): ExpectedGroup["after"] => ({ fail: cells, continue: cells, restart: cells, "restart, as text": cells });

/** The next one goes on at once. Where nobody is left, what may pass by itself is asked again after one wait, and, where there is one, after a second. */
const askedAgain = (wait: string, secondWait?: string): ExpectedGroup["after"] => {
	const alone = (name: string): string => (secondWait === undefined ? "" : `${name} again after ${secondWait}, `);
	return afterBreak({
		"A, once": "B goes on",
		"A, always": "B goes on",
		"B, after A": "C goes on",
		"B, the last": `B again after ${wait}, ${alone("B")}${broken}`,
		"A and B": `B, A after ${wait}, B, ${secondWait === undefined ? "" : `A after ${secondWait}, B, `}${broken}`,
		"alone, once": `A again after ${wait} goes on`,
		"alone, always": `A again after ${wait}, ${alone("A")}${broken}`,
	});
};

/** The next one goes on at once, and nobody is asked a second time. */
const next: Readonly<Record<Position, string>> = {
	"A, once": "B goes on",
	"A, always": "B goes on",
	"B, after A": "C goes on",
	"B, the last": broken,
	"A and B": `B, ${broken}`,
	"alone, once": broken,
	"alone, always": broken,
};

const afterSilence: Readonly<Record<Position, string>> = {
	"A, once": "B after 30 s goes on",
	"A, always": "B after 30 s goes on",
	"B, after A": "C after 30 s goes on",
	"B, the last": "ends in stream-interrupted after 30 s, text kept",
	"A and B": "B after 30 s, ends in stream-interrupted after 30 s, text kept",
	"alone, once": "ends in stream-interrupted after 30 s, text kept",
	"alone, always": "ends in stream-interrupted after 30 s, text kept",
};

/** Written from what the errors and "same or next?" are described to be, and never from what the code does. */
export const expected: readonly ExpectedGroup[] = [
	{
		title: "What may pass by itself is asked for again, as often as `retries` allows: once while somebody else stands ready",
		faults: [
			"network",
			"timeout: connect",
			"rate-limited",
			"quota-exceeded",
			"queue-full",
			"space-unavailable: sleeping",
			"space-unavailable: building",
		],
		before: {
			"A, once": "A again after 0.5 s answers",
			"A, always": "A again after 0.5 s, B answers",
			"B, after A": "B again after 0.5 s, C answers",
			"B, the last": "B again after 0.5 s, B again after 1 s, ends in chain-exhausted ({code})",
			"A and B": "A again after 0.5 s, B, A after 1 s, B, B again after 1 s, ends in chain-exhausted ({code})",
			"alone, once": "A again after 0.5 s answers",
			"alone, always": "A again after 0.5 s, A again after 1 s, ends in {code}",
		},
		after: askedAgain("0.5 s", "1 s"),
	},
	{
		title: "A wait that the provider asks for is kept, where it is within `patienceMs`",
		faults: ["rate-limited, for 1 s"],
		before: {
			"A, once": "A again after 1 s answers",
			"A, always": "A again after 1 s, B answers",
			"B, after A": "B again after 1 s, C answers",
			"B, the last": "B again after 1 s, B again after 1 s, ends in chain-exhausted ({code})",
			"A and B": "A again after 1 s, B, A after 1 s, B, B again after 1 s, ends in chain-exhausted ({code})",
			"alone, once": "A again after 1 s answers",
			"alone, always": "A again after 1 s, A again after 1 s, ends in {code}",
		},
		after: askedAgain("1 s", "1 s"),
	},
	{
		title: "A longer one sends the request to the next at once, and is kept where nobody else is left",
		faults: ["rate-limited, for 20 s", "quota-exceeded, for 20 s"],
		before: {
			"A, once": "B answers",
			"A, always": "B answers",
			"B, after A": "C answers",
			"B, the last": "B again after 20 s, B again after 20 s, ends in chain-exhausted ({code})",
			"A and B": "B, A after 20 s, B, A after 20 s, B, ends in chain-exhausted ({code})",
			"alone, once": "A again after 20 s answers",
			"alone, always": "A again after 20 s, A again after 20 s, ends in {code}",
		},
		after: askedAgain("20 s", "20 s"),
	},
	{
		title: "One beyond `maxRetryAfterMs` is not waited for",
		faults: ["rate-limited, for 90 s", "quota-exceeded, for an hour"],
		before: {
			"A, once": "B answers",
			"A, always": "B answers",
			"B, after A": "C answers",
			"B, the last": "ends in chain-exhausted ({code})",
			"A and B": "B, ends in chain-exhausted ({code})",
			"alone, once": "ends in {code}",
			"alone, always": "ends in {code}",
		},
		after: afterBreak(next),
	},
	{
		title: "What the provider failed to make is asked for once more",
		faults: ["generation", "stream-interrupted", "an empty answer", "an answer of white space"],
		before: {
			"A, once": "A again after 0.5 s answers",
			"A, always": "A again after 0.5 s, B answers",
			"B, after A": "B again after 0.5 s, C answers",
			"B, the last": "B again after 0.5 s, ends in chain-exhausted ({code})",
			"A and B": "A again after 0.5 s, B, B again after 0.5 s, ends in chain-exhausted ({code})",
			"alone, once": "A again after 0.5 s answers",
			"alone, always": "A again after 0.5 s, ends in {code}",
		},
		after: askedAgain("0.5 s"),
	},
	{
		title: "What the same provider would meet with again goes to the next at once",
		faults: [
			"unsupported",
			"no-such-model",
			"authentication",
			"limiter-full",
			"space-unavailable: paused",
			"space-unavailable: gone",
			"space-contract",
			"local-unavailable",
			"timeout: queue",
			"timeout: idle",
			"protocol",
			"context-length",
			"context-length, the others take more",
			"provider-failed",
			"an untyped error",
			"something that is no error",
			"a chunk that is none",
			"an AbortedError of its own",
			'network, with { same: "no" }',
		],
		before: {
			"A, once": "B answers",
			"A, always": "B answers",
			"B, after A": "C answers",
			"B, the last": "ends in chain-exhausted ({code})",
			"A and B": "B, ends in chain-exhausted ({code})",
			"alone, once": "ends in {code}",
			"alone, always": "ends in {code}",
		},
		after: afterBreak(next),
	},
	{
		title: "A conversation that is too long goes to nobody who is known to take less",
		faults: ["context-length, the others take less"],
		before: {
			"A, once": "ends in chain-exhausted ({code})",
			"A, always": "ends in chain-exhausted ({code})",
			"B, after A": "ends in chain-exhausted ({code})",
			"B, the last": "ends in chain-exhausted ({code})",
			"A and B": "B, ends in chain-exhausted ({code})",
			"alone, once": "ends in {code}",
			"alone, always": "ends in {code}",
		},
		after: afterBreak({ ...next, "A, once": broken, "A, always": broken, "B, after A": broken }),
	},
	{
		title: "Who says nothing is waited for, for less long while somebody else stands ready, and is not asked a second time",
		faults: ["silence, until our deadline", "silence that listens to no signal"],
		before: {
			"A, once": "B after 12 s answers",
			"A, always": "B after 12 s answers",
			"B, after A": "C after 12 s answers",
			"B, the last": "ends in chain-exhausted ({code}) after 120 s",
			"A and B": "B after 12 s, ends in chain-exhausted ({code}) after 120 s",
			"alone, once": "ends in {code} after 120 s",
			"alone, always": "ends in {code} after 120 s",
		},
		after: afterBreak(afterSilence, "ends in stream-interrupted after 30 s, text kept"),
	},
	{
		title: "Time in a provider's queue has a limit of its own, here 40 s",
		faults: ["silence in its queue"],
		before: {
			"A, once": "B after 40 s answers",
			"A, always": "B after 40 s answers",
			"B, after A": "C after 40 s answers",
			"B, the last": "ends in chain-exhausted ({code}) after 40 s",
			"A and B": "B after 40 s, ends in chain-exhausted ({code}) after 40 s",
			"alone, once": "ends in {code} after 40 s",
			"alone, always": "ends in {code} after 40 s",
		},
		after: afterBreak(afterSilence, "ends in stream-interrupted after 30 s, text kept"),
	},
	{
		title: "The whole request has one as well, here 5 s: with it everything ends",
		faults: ["timeout: total"],
		before: {
			"A, once": "ends in chain-exhausted ({code}) after 5 s",
			"A, always": "ends in chain-exhausted ({code}) after 5 s",
			"B, after A": "ends in chain-exhausted ({code}) after 5 s",
			"B, the last": "ends in chain-exhausted ({code}) after 5 s",
			"A and B": "ends in chain-exhausted ({code}) after 5 s",
			"alone, once": "ends in {code} after 5 s",
			"alone, always": "ends in {code} after 5 s",
		},
		after: always("ends in stream-interrupted after 5 s, text kept"),
	},
	{
		title: "What is wrong with the request, and what the caller ended, concerns nobody else, and stays what it is",
		faults: ["invalid-request", "content-filtered", "withheld by its filter", "aborted"],
		before: "ends in {code}",
		after: always("ends in {code}"),
	},
	{
		title: "A name that means nothing ends it; a chain says in which of its attempts",
		faults: ["no-such-provider"],
		before: {
			"A, once": "ends in chain-exhausted ({code})",
			"A, always": "ends in chain-exhausted ({code})",
			"B, after A": "ends in chain-exhausted ({code})",
			"B, the last": "ends in chain-exhausted ({code})",
			"A and B": "ends in chain-exhausted ({code})",
			"alone, once": "ends in {code}",
			"alone, always": "ends in {code}",
		},
		after: afterBreak(next),
	},
	{
		title:
			"A chain inside a chain has asked again itself: what it ended with decides whether the next one is asked. Its member rests after a failure, and is waited for",
		faults: ["chain-exhausted, by network"],
		before: {
			"A, once": "B answers",
			"A, always": "B answers",
			"B, after A": "C answers",
			"B, the last": "ends in chain-exhausted",
			"A and B": "B, ends in chain-exhausted",
			"alone, once": "ends in chain-exhausted (network)",
			"alone, always": "ends in chain-exhausted (network)",
		},
		after: afterBreak({
			...next,
			"B, the last": `B again after 3 s, B again after 6 s, ${broken}`,
			"A and B": `B, A after 3 s, B, A after 6 s, B, ${broken}`,
		}),
	},
	{
		title: "It is not, where that would be in vain",
		faults: ["chain-exhausted, by no-such-provider"],
		before: {
			"A, once": "ends in chain-exhausted",
			"A, always": "ends in chain-exhausted",
			"B, after A": "ends in chain-exhausted",
			"B, the last": "ends in chain-exhausted",
			"A and B": "ends in chain-exhausted",
			"alone, once": "ends in chain-exhausted (no-such-provider)",
			"alone, always": "ends in chain-exhausted (no-such-provider)",
		},
		after: afterBreak(next),
	},
	{
		title: "A chain may say otherwise: a refusal may go to the next",
		faults: ["content-filtered, with { next: true }"],
		before: {
			"A, once": "B answers",
			"A, always": "B answers",
			"B, after A": "C answers",
			"B, the last": "ends in {code}",
			"A and B": "B, ends in {code}",
			"alone, once": "ends in {code}",
			"alone, always": "ends in {code}",
		},
		after: afterBreak(
			{
				...next,
				"B, the last": "ends in {code}",
				"A and B": "B, ends in {code}",
				"alone, once": "ends in {code}",
				"alone, always": "ends in {code}",
			},
			"ends in {code}",
		),
	},
	{
		title: "A chain may say otherwise: a failure may be a matter of this provider alone, and a break that it leads to is the end",
		faults: ["network, with { next: false }"],
		before: {
			"A, once": "A again after 0.5 s answers",
			"A, always": "A again after 0.5 s, A again after 1 s, ends in chain-exhausted ({code})",
			"B, after A": "B again after 0.5 s, B again after 1 s, ends in chain-exhausted ({code})",
			"B, the last": "B again after 0.5 s, B again after 1 s, ends in chain-exhausted ({code})",
			"A and B": "A again after 0.5 s, A again after 1 s, ends in chain-exhausted ({code})",
			"alone, once": "A again after 0.5 s answers",
			"alone, always": "A again after 0.5 s, A again after 1 s, ends in {code}",
		},
		after: always(broken),
	},
	{
		title: "A chain may say otherwise: what is final elsewhere may be worth one more attempt",
		faults: ['authentication, with { same: "once" }'],
		before: {
			"A, once": "A again after 0.5 s answers",
			"A, always": "A again after 0.5 s, B answers",
			"B, after A": "B again after 0.5 s, C answers",
			"B, the last": "B again after 0.5 s, ends in chain-exhausted ({code})",
			"A and B": "A again after 0.5 s, B, B again after 0.5 s, ends in chain-exhausted ({code})",
			"alone, once": "A again after 0.5 s answers",
			"alone, always": "A again after 0.5 s, ends in {code}",
		},
		after: askedAgain("0.5 s"),
	},
];
