import {
	AuthenticationError,
	type ChainEntry,
	createChain,
	InvalidRequestError,
	isSpaceportError,
	RateLimitedError,
	type SpaceportErrorCode,
} from "@spaceport/core";
import type { EmbedScript } from "@spaceport/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { embedder, embedWith, maker, network, type Outcome, talker } from "./support.ts";

/** What a provider does at one call. Embeddings are of a model: their last number says of which. */
const deeds = {
	well:
		(model) =>
		({ input }) => [{ embed: { embeddings: input.map((text) => [text.length, model]) } }],
	slowly:
		(model) =>
		({ input }) => [{ wait: 300 }, { embed: { embeddings: input.map((text) => [text.length, model]) } }],
	typed:
		(model) =>
		({ input }) => [{ embed: { embeddings: input.map((text) => new Float32Array([text.length, model])) } }],
	network: () => [{ fail: network() }],
	limit: () => [{ fail: new RateLimitedError("slow down", { retryAfterMs: 2000 }) }],
	refusal: () => [{ fail: new AuthenticationError("no", { status: 401 }) }],
	wrong: () => [{ fail: new InvalidRequestError("no such input", { path: "input" }) }],
	bug: () => [{ fail: new TypeError("undefined is not a function") }],
	hangs: () => [{ hang: true }],
	deaf: () => [{ ignore: true }],
	few: () => [{ embed: { embeddings: [] } }],
	nan:
		() =>
		({ input }) => [{ embed: { embeddings: input.map(() => [Number.NaN, 1]) } }],
	nothing: () => [],
} satisfies Readonly<Record<string, (model: number) => EmbedScript>>;

interface Member {
	readonly does: readonly (keyof typeof deeds)[];
	/** Which model it has; none where it gives answers alone. */
	readonly model: number | undefined;
	/** In a chain in the chain. */
	readonly inner: boolean;
	readonly lastResort: boolean;
}

const deed = fc.constantFrom(...(Object.keys(deeds) as (keyof typeof deeds)[]));
const world = fc.record({
	members: fc.array(
		fc.record<Member>({
			does: fc.array(deed, { minLength: 1, maxLength: 3 }),
			model: fc.option(fc.constantFrom(1, 1, 2), { nil: undefined, freq: 5 }),
			inner: fc.boolean(),
			lastResort: fc.boolean(),
		}),
		{ minLength: 1, maxLength: 5 },
	),
	texts: fc.array(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 4 }),
	abortAfterMs: fc.option(fc.nat(3000), { nil: undefined, freq: 4 }),
	otherModels: fc.constantFrom("allow", undefined, undefined),
	maxAttempts: fc.integer({ min: 1, max: 8 }),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

const totalMs = 20_000;

async function play({ members, texts, abortAfterMs, otherModels, maxAttempts }: World): Promise<Outcome & { readonly tookMs: number }> {
	const entries = members.map(({ does, model, lastResort }, index): ChainEntry => {
		const name = `p${index}`;
		if (model === undefined) return talker(name);
		const scripts = does.map((what) => deeds[what](model));
		return { provider: embedder(name, scripts, { models: [maker(`m${model}`)] }), lastResort };
	});
	const inside = entries.filter((_, index) => members[index]?.inner === true);
	const outside = entries.filter((_, index) => members[index]?.inner === false);
	const inner = inside.length === 0 ? [] : [createChain({ name: "inner", providers: inside, retry: { retries: 1 } })];
	const controller = new AbortController();
	const timer = abortAfterMs === undefined ? undefined : setTimeout(() => controller.abort(), abortAfterMs);
	const startedAt = Date.now();
	let endedAt = startedAt;
	const outcome = await embedWith(
		{
			chains: { default: [...outside.slice(0, 1), ...inner, ...outside.slice(1)] },
			timeouts: { firstChunkMs: 1000, lastFirstChunkMs: 3000, totalMs },
			retry: { maxAttempts },
			onEvent: () => {
				endedAt = Date.now();
			},
		},
		{ input: texts },
		{ signal: controller.signal, otherModels },
	);
	clearTimeout(timer);
	return { ...outcome, tookMs: endedAt - startedAt };
}

/** What is promised and was not kept. */
function judge(
	{ members, texts, otherModels, maxAttempts, abortAfterMs }: World,
	outcome: Outcome & { readonly tookMs: number },
): string[] {
	const { made, error, events, asked, tookMs } = outcome;
	const wrongs: string[] = [];
	const models = new Set(asked.map((who) => who.split(":")[1]));
	if (otherModels !== "allow" && models.size > 1) wrongs.push(`more than one model: ${[...models].join(", ")}`);
	if (asked.length > maxAttempts) wrongs.push(`${asked.length} attempts, and ${maxAttempts} were allowed`);
	if (tookMs > totalMs) wrongs.push(`it took ${tookMs} ms`);
	const open = new Set<number>();
	for (const event of events) {
		if (event.type === "attempt-start") open.add(event.number);
		if (event.type === "attempt-end" && !open.delete(event.number)) wrongs.push(`the attempt ${event.number} ended without having begun`);
		if (event.requestId !== "request-1") wrongs.push(`${event.type} is of no request`);
	}
	if (open.size > 0) wrongs.push(`attempts that never ended: ${[...open].join(", ")}`);
	if (made !== undefined) {
		const model = members[Number(made.provider.slice(1))]?.model;
		const expected = texts.map((text) => [text.length, model]);
		if (JSON.stringify(made.embeddings) !== JSON.stringify(expected)) wrongs.push(`embeddings ${JSON.stringify(made.embeddings)}`);
		if (made.model !== `m${model}`) wrongs.push(`the model ${made.model}`);
		if (made.attempts.at(-1)?.decision !== "answered" || made.attempts.length !== asked.length)
			wrongs.push("other attempts than there were");
	} else if (!isSpaceportError(error)) wrongs.push(`no typed error: ${String(error)}`);
	else {
		const codes: readonly SpaceportErrorCode[] = [
			"chain-exhausted",
			"invalid-request",
			...(abortAfterMs === undefined ? [] : ["aborted" as const]),
		];
		if (!codes.includes(error.code)) wrongs.push(`the error ${error.code}`);
		if (isSpaceportError(error, "chain-exhausted")) {
			for (const [index, { inner }] of members.entries()) {
				const isTold = error.message.includes(`- p${index}`) || (inner && error.message.includes("- inner, not asked"));
				if (!isTold) wrongs.push(`no line about p${index}: ${error.message}`);
			}
		}
	}
	return wrongs;
}

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("whatever providers do", () => {
	const runs = { numRuns: 300, seed: 20_261_126 };

	test("embeddings are whole and of one model, or there is an error that says why", async () => {
		await fc.assert(
			fc.asyncProperty(world, async (one) => {
				expect(judge(one, await play(one))).toEqual([]);
			}),
			runs,
		);
	});

	test("the same world tells the same story", async () => {
		await fc.assert(
			fc.asyncProperty(world, async (one) => {
				const [first, second] = [await play(one), await play(one)];
				expect(second.events.map(({ type }) => type)).toEqual(first.events.map(({ type }) => type));
				expect(second.made?.embeddings).toEqual(first.made?.embeddings);
				expect(second.error?.message).toEqual(first.error?.message);
			}),
			{ ...runs, numRuns: 60 },
		);
	});
});
