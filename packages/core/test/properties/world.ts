import type { ChainOptionsInput, SpaceportErrorCode } from "@spaceport/core";
import fc from "fast-check";

/** How a provider that finds the beginning of an answer in its request goes on. */
export type Way = "starts over" | "exactly" | "with some words again" | "after a preamble" | "something else";

/** How one call of a provider ends. */
export type Ending =
	| "finish"
	| "return"
	| "hang"
	| "ignore"
	| "untyped"
	| "garbage"
	| "own abort"
	| { readonly fails: SpaceportErrorCode; readonly phase?: string; readonly retryAfterMs?: number };

/** What a provider does at one call. */
export interface Behaviour {
	/** What comes before the answer: status, heartbeats, waits, white space. */
	readonly before: readonly ("queue" | "started" | "log" | "alive" | "white space" | { readonly wait: number })[];
	readonly way: Way;
	/** How much of the rest of the answer it tells, from 0 to 1, and in how many pieces, of which lengths. */
	readonly tells: number;
	readonly cuts: readonly number[];
	/** Waits between two pieces, in milliseconds. */
	readonly pauses: readonly number[];
	/** Gives the whole text so far with every piece, as `text-replace`. */
	readonly replaces: boolean;
	/** A tool call that it makes at the end, of whose arguments so much comes. */
	readonly tool?: number;
	readonly ending: Ending;
	/** Says nothing where it is to go on with an answer, and that it is done. */
	readonly mute?: true;
	/** What its `finally` does. */
	readonly leaves: "at once" | "throws" | "after a while" | "never";
}

/** A provider: what it does at its calls, the last for all further ones. */
export interface Actor {
	readonly behaviours: readonly Behaviour[];
	readonly concurrency?: number;
	/** Names of its credentials. */
	readonly keys?: readonly string[];
	readonly lastResort: boolean;
	/** Hands its pieces on in batches of so many, as the providers over Spaces do. */
	readonly batch?: number;
}

/** How one request is made, and read. */
export interface Asking {
	/** When, in milliseconds since the beginning. */
	readonly at: number;
	readonly reads: "chunks" | "text" | "completion" | "text and completion";
	/** How long the reader takes for each piece, in milliseconds. */
	readonly slow: number;
	/** Leaves after so many pieces. */
	readonly leavesAfter?: number;
	/** Aborts so long after asking, in milliseconds. */
	readonly abortsAfter?: number;
}

/** Everything that one run is made from. The same world tells the same story. */
export interface World {
	readonly truth: string;
	readonly actors: readonly Actor[];
	readonly shape: "alone" | "chain" | "nested" | "list";
	readonly options: ChainOptionsInput;
	readonly askings: readonly Asking[];
	readonly random: number;
}

/** Each begins with a character that nothing else in a request has, so that a beginning of it is found in whatever it stands. */
const truths = [
	"Ωmega is the last letter. The sky is blue because air scatters short waves more than long ones, and the sea only repeats what it is told.",
	"Ω 空は青い。空気が短い波長の光をより強く散乱させるからだ。海はそれを映しているにすぎない。夕方には光が長い道のりを通る。",
	"Ω السماء زرقاء لأن الهواء يشتت الموجات القصيرة أكثر من الطويلة، والبحر لا يفعل سوى أن يردد ما يقال له.",
	"Ω 👩‍🚀 flies 🚀 past 🌍, waves 👋🏽 to the 🛰️, and lands on the 🌕 before 🕛. There she plants a 🌳 and goes home 🏡.",
	"Ω Here it is:\n\n```ts\nexport function add(a: number, b: number): number {\n\treturn a + b;\n}\n```\n\nCall it with two numbers.\n",
	'{"Ω": [1, 2, {"name": "the third", "moons": ["one", "two"]}], "note": "A value is whole, or it is none.", "last": true}',
];

const wait = fc.constantFrom(0, 1, 40, 900, 5_000, 13_000, 35_000);
const ways: readonly Way[] = ["starts over", "exactly", "with some words again", "after a preamble"];

const failure: fc.Arbitrary<Ending> = fc.oneof(
	fc
		.constantFrom<SpaceportErrorCode>(
			"network",
			"authentication",
			"generation",
			"protocol",
			"queue-full",
			"provider-failed",
			"stream-interrupted",
			"context-length",
			"space-unavailable",
			"content-filtered",
			"invalid-request",
			"unsupported",
			"timeout",
		)
		.map((fails) => ({ fails })),
	fc.record({
		fails: fc.constantFrom<SpaceportErrorCode>("rate-limited", "quota-exceeded"),
		retryAfterMs: fc.constantFrom(0, 20, 2_000, 30_000, 86_400_000),
	}),
);
const ending: fc.Arbitrary<Ending> = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom<Ending>("finish", "return") },
	{ weight: 6, arbitrary: failure },
	{ weight: 3, arbitrary: fc.constantFrom<Ending>("hang", "ignore", "untyped", "garbage", "own abort") },
);

const behaviour: fc.Arbitrary<Behaviour> = fc
	.record(
		{
			before: fc.array(fc.oneof(fc.constantFrom("queue", "started", "log", "alive", "white space" as const), fc.record({ wait })), {
				maxLength: 4,
			}),
			way: fc.constantFrom(...ways),
			tells: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
			cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
			pauses: fc.array(wait, { maxLength: 3 }),
			replaces: fc.boolean(),
			tool: fc.constantFrom(0, 5, 1000),
			ending,
			leaves: fc.constantFrom("at once", "at once", "throws", "after a while", "never" as const),
		},
		{ requiredKeys: ["before", "way", "tells", "cuts", "pauses", "replaces", "ending", "leaves"] },
	)
	// Who says that the answer is whole has told the whole of it: that it is not is for whoever reads it to know.
	.map((one) => {
		if (one.ending !== "finish" && one.ending !== "return") return one;
		return { ...one, tells: one.tells === 0 ? 0 : 1, ...(one.tool !== undefined && { tool: 1000 }) };
	});

/** Tells the whole answer, at once. */
export const well: Behaviour = {
	before: [],
	way: "starts over",
	tells: 1,
	cuts: [17],
	pauses: [],
	replaces: false,
	ending: "finish",
	leaves: "at once",
};

const actor: fc.Arbitrary<Actor> = fc.record(
	{
		behaviours: fc.array(fc.oneof({ weight: 4, arbitrary: behaviour }, { weight: 1, arbitrary: fc.constant(well) }), {
			minLength: 1,
			maxLength: 4,
		}),
		concurrency: fc.integer({ min: 1, max: 2 }),
		keys: fc.constantFrom(["one"], ["one", "two"], ["one", "two", "three"]),
		lastResort: fc.boolean(),
		batch: fc.integer({ min: 2, max: 5 }),
	},
	{ requiredKeys: ["behaviours", "lastResort"] },
);

const asking: fc.Arbitrary<Asking> = fc.record(
	{
		at: fc.constantFrom(0, 0, 1, 500, 20_000),
		reads: fc.constantFrom("chunks", "text", "completion", "text and completion" as const),
		slow: fc.constantFrom(0, 0, 0, 10, 3_000, 50_000),
		leavesAfter: fc.integer({ min: 0, max: 6 }),
		abortsAfter: fc.constantFrom(0, 1, 450, 13_500, 60_000),
	},
	{ requiredKeys: ["at", "reads", "slow"] },
);

const options: fc.Arbitrary<ChainOptionsInput> = fc
	.record(
		{
			onInterruption: fc.constantFrom("fail", "continue", "restart" as const),
			onMismatch: fc.constantFrom("fail", "seam" as const),
			retries: fc.integer({ min: 0, max: 3 }),
			maxAttempts: fc.integer({ min: 1, max: 6 }),
			totalMs: fc.constantFrom(100, 20_000, 100_000, 600_000),
			queueMs: fc.constantFrom(1_000, 600_000),
			limits: fc.record({ queueSize: fc.constantFrom(0, 1, 1000), concurrency: fc.integer({ min: 1, max: 2 }) }, { requiredKeys: [] }),
		},
		{ requiredKeys: [] },
	)
	.map(({ retries, maxAttempts, totalMs, queueMs, ...others }) => ({
		...others,
		retry: { ...(retries !== undefined && { retries }), ...(maxAttempts !== undefined && { maxAttempts }) },
		timeouts: { ...(totalMs !== undefined && { totalMs }), ...(queueMs !== undefined && { queueMs }) },
	}));

const anyWorld: fc.Arbitrary<World> = fc.record({
	truth: fc.constantFrom(...truths),
	actors: fc.array(actor, { minLength: 1, maxLength: 4 }),
	shape: fc.constantFrom("alone", "chain", "chain", "nested", "list" as const),
	options,
	askings: fc.oneof(fc.array(asking, { minLength: 1, maxLength: 1 }), fc.array(asking, { minLength: 2, maxLength: 4 })),
	random: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

/** Any world whose providers mean the same answer. */
export const worlds: fc.Arbitrary<World> = anyWorld;

/** Any world in which some who are to go on with an answer say something else. */
export const worldsWithStrangers: fc.Arbitrary<World> = fc
	.tuple(anyWorld, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
	.map(([world, strange]) => ({
		...world,
		options: { ...world.options, onInterruption: "continue" },
		actors: world.actors.map((actor, index) =>
			strange[index] ? { ...actor, behaviours: actor.behaviours.map((one) => ({ ...one, way: "something else" })) } : actor,
		),
	}));

/** How a call breaks off, or does not. */
const breaking: fc.Arbitrary<Behaviour> = fc
	.record({
		behaviour,
		tells: fc.double({ min: 0.25, max: 0.98, noNaN: true }),
		ending: fc.constantFrom<Ending>(
			{ fails: "network" },
			{ fails: "generation" },
			{ fails: "authentication" },
			"hang",
			"untyped",
			"finish",
		),
		isCalling: fc.boolean(),
		mute: fc.option(fc.constant(true as const), { nil: undefined, freq: 6 }),
	})
	.map(({ behaviour: one, tells, ending: how, isCalling, mute }) => {
		const { tool: _, ...rest } = one;
		const call = isCalling ? { tool: how === "finish" ? 1000 : 5 } : {};
		return { ...rest, ...call, ...(mute && { mute }), before: [], pauses: [], tells: how === "finish" ? 1 : tells, ending: how };
	});

/** Any world in which answers break off, and somebody is to go on, which is read to its end. */
export const worldsThatBreak: fc.Arbitrary<World> = fc
	.tuple(
		anyWorld,
		fc.array(fc.array(breaking, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
		fc.constantFrom("chain", "nested", "list", "alone" as const),
		fc.constantFrom("continue", "continue", "restart" as const),
		fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
	)
	.map(([world, parts, shape, onInterruption, maxAttempts]) => ({
		...world,
		shape,
		options: { onInterruption, retry: maxAttempts === undefined ? {} : { maxAttempts } },
		actors: parts.map((behaviours) => ({ behaviours, lastResort: false })),
		askings: world.askings.slice(0, 2).map(({ reads }) => ({ at: 0, reads, slow: 0 })),
	}));
