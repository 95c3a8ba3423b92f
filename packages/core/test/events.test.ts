import { type ChainExhaustedError, createSpaceport, NetworkError, type SpaceportEvent, type UsageChunk } from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { expect, test } from "vitest";

const messages = "What is the capital of France?";
const usage = (inputTokens: number, outputTokens: number, source: UsageChunk["source"] = "provider"): UsageChunk => ({
	type: "usage",
	inputTokens,
	outputTokens,
	source,
});
const broken = { fail: new NetworkError("connection reset", { phase: "stream" }) };

function setUp(scripts: Readonly<Record<string, readonly ScriptStep[]>>, chains: Readonly<Record<string, readonly string[]>> = {}) {
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({
		providers: Object.entries(scripts).map(([name, script]) => createScriptedProvider({ name, scripts: [script] })),
		chains: { default: Object.keys(scripts), ...chains },
		retry: { retries: 0 },
		onEvent: (event) => events.push(event),
	});
	return { spaceport, events };
}

const place = (position: number, etaMs?: number): ScriptStep => ({ type: "queue-update", position, ...(etaMs !== undefined && { etaMs }) });

test("the provider's queue is told of when the place in it changes", async () => {
	const { spaceport, events } = setUp({ a: [place(2), place(2, 500), place(1), place(0), "text"] }, { outer: ["default"] });
	const { requestId } = await spaceport.complete({ messages, model: "outer" });
	const identity = { requestId, provider: "a", model: "a", number: 1 };
	expect(events.filter(({ type }) => type === "queued")).toEqual(
		[2, 1, 0].map((position) => ({ type: "queued", where: "provider", position, ...identity })),
	);
});

test("the records of attempts have what each used, and the completion the sum of what is in the answer", async () => {
	const whole = "Paris is the capital of France, and has been so for a very long time.";
	const { spaceport, events } = setUp({
		a: [usage(9, 0), whole.slice(0, 20), usage(9, 5), broken],
		b: [whole, usage(30, 15, "tokenizer")],
	});
	const completion = await spaceport.complete({ messages }, { onInterruption: "continue" });
	expect(completion).toMatchObject({
		text: whole,
		usage: { inputTokens: 39, outputTokens: 20, source: "tokenizer" },
		attempts: [{ usage: usage(9, 5) }, { usage: usage(30, 15, "tokenizer") }].map(({ usage: { type: _, ...figures } }) => ({
			usage: figures,
		})),
	});
	const ends = events.filter((event) => event.type === "attempt-end");
	expect(ends.map(({ type: _, requestId: __, ...record }) => record)).toEqual(completion.attempts);
});

test("an answer that was begun anew used what it used itself", async () => {
	const { spaceport } = setUp({ a: ["Something else entirely", usage(9, 5), broken], b: ["Paris is it.", usage(30, 3)] });
	const { text, usage: used } = await spaceport.complete({ messages }, { onInterruption: "restart" });
	expect([text, used]).toEqual(["Paris is it.", { inputTokens: 30, outputTokens: 3, source: "provider" }]);
});

test("the last error has whom a chain in the chain passed over", async () => {
	const { spaceport } = setUp({ a: [broken], b: [broken], c: [broken] }, { inner: ["a", "b"], outer: ["inner", "c"] });
	await spaceport.rest("a", { forMs: 600_000, reason: "moved" });
	const error = await spaceport.complete({ messages, model: "outer" }).catch((thrown: ChainExhaustedError) => thrown);
	expect(error).toMatchObject({ leftOut: [{ provider: "a", reason: "was taken out by hand: moved" }] });
	expect((error as ChainExhaustedError).message.split("\n")).toEqual([
		'No provider of the chain "outer" could answer:',
		"- b, asked once: network: connection reset. Again in 3 s.",
		"- c, asked once: network: connection reset. Again in 3 s.",
		"- a, not asked: was taken out by hand: moved. Again in 10 min.",
	]);
	expect((error as ChainExhaustedError).retryAfterMs).toBeLessThanOrEqual(3000);
});
