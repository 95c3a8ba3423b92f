import {
	type Chunk,
	createChain,
	createSpaceport,
	GenerationError,
	InvalidRequestError,
	NetworkError,
	ProtocolError,
	ProviderFailedError,
	type SpaceportError,
	type SpaceportEvent,
	TimeoutError,
	UnsupportedError,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const reset = new NetworkError("connection reset", { phase: "stream" });
const cut = { fail: reset };
const french = "The capital of France is Paris, and it has been so for a very long time.";
/** What is no continuation of anything. */
const fish = "I am sorry, but I cannot help you with that request. Is there anything else you would like to know?";
const why = '"a" broke off after network: connection reset';

type Options = Omit<Parameters<typeof createChain>[0], "name" | "providers">;

const scripted = (name: string, ...scripts: readonly (readonly ScriptStep[])[]) =>
	createScriptedProvider({ name, scripts, models: [{ id: "m" }] });

/** Runs a chain of providers to its end. */
async function run(providers: readonly ReturnType<typeof scripted>[], options: Options = {}, ask: object = {}) {
	const events: SpaceportEvent[] = [];
	const chains = [createChain({ name: "default", providers, retry: { retries: 0 }, ...options })];
	const spaceport = createSpaceport({ chains, random: () => 0, onEvent: (event) => events.push(event) });
	const stream = spaceport.stream({ messages: "Tell me something.", ...ask });
	const chunks: Chunk[] = [];
	const reading = (async () => {
		for await (const chunk of stream) chunks.push(chunk);
	})().then(
		() => undefined,
		(error: unknown) => error as SpaceportError,
	);
	await vi.runAllTimersAsync();
	const error = await reading;
	const text = error === undefined ? (await stream.completion).text : undefined;
	return { error, text, events, chunks: chunks.filter(({ type }) => type !== "finish"), spaceport };
}

/** What was handed out from the seam on. */
const fromSeam = (chunks: readonly Chunk[]): readonly Chunk[] => chunks.slice(chunks.findIndex(({ type }) => type === "seam"));

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

describe("another text than the answer's, where it is wanted behind a seam", () => {
	const seam = (at: number) => ({ type: "seam", from: "a", to: "b", how: "continue", reason: `${why} (it says something else)`, at });

	test.each([
		["in the midst of a line", "The capital of France is Paris", "\n\n"],
		["at the end of a line", "The capital of France is Paris, and\n", "\n"],
		["at the end of a paragraph", "The capital of France is Paris, and\n\n", ""],
		["although it begins with empty lines", "\n\nThe capital of France is Paris", "\n\n"],
		["although it begins with an empty line", "\nThe capital of France is Paris", "\n\n"],
	])("stands in a paragraph of its own where the first broke off %s", async (_, sent, between) => {
		const { chunks, text, events } = await run([scripted("a", [sent, cut]), scripted("b", [fish])], { onMismatch: "seam" });
		expect(text).toBe(sent + between + fish);
		expect(fromSeam(chunks)[0]).toEqual(seam(sent.length));
		expect(events.filter(({ type }) => type === "seam")).toMatchObject([{ ...seam(sent.length), requestId: expect.any(String) }]);
	});

	test("may go on in whatever comes: more text, an image, a call, and a rewrite of itself alone", async () => {
		const image: Chunk = { type: "image", url: "https://example.org/fish.png" };
		const call: Chunk = { type: "tool-call", id: "1", name: "swim", arguments: "{}" };
		const { chunks, text } = await run(
			[
				scripted("a", ["The capital of France is Paris", cut]),
				scripted("b", [fish, " And more.", { type: "text-replace", text: "Birds." }, image, " They fly.", call]),
			],
			{ onMismatch: "seam" },
		);
		expect(text).toBe("The capital of France is Paris\n\nBirds. They fly.");
		expect(fromSeam(chunks).map(({ type }) => type)).toEqual([
			"seam",
			"text-delta",
			"text-delta",
			"text-replace",
			"image",
			"text-delta",
			"tool-call",
		]);
		expect(chunks).toContainEqual({ type: "text-replace", text: "The capital of France is Paris\n\nBirds." });
	});

	test("is known also where it comes in a rewrite of what went on before", async () => {
		const sent = french.slice(0, 30);
		const { text, chunks } = await run(
			[scripted("a", [sent, cut]), scripted("b", [french.slice(0, 50), { type: "text-replace", text: fish }])],
			{ onMismatch: "seam" },
		);
		expect(text).toContain(fish);
		expect(text?.startsWith(sent)).toBe(true);
		expect(chunks.filter(({ type }) => type === "text-replace").length).toBeGreaterThan(0);
	});
});

describe("another text where it is not wanted", () => {
	test("is the failure of whoever said it, with the beginning of what it said", async () => {
		const long = fish.repeat(9);
		const { error, events } = await run([scripted("a", [french.slice(0, 30), cut]), scripted("b", [long])]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: french.slice(0, 30) });
		const end = events.find((event) => event.type === "attempt-end" && event.provider === "b");
		expect(end).toMatchObject({
			error: {
				code: "generation",
				message: '"b" was to go on with the answer of "a" and said something else.',
				title: "something else",
				detail: expect.stringMatching(/^I am sorry, but /),
				provider: "b",
			},
		});
		expect((end as { error?: { detail?: string } }).error?.detail?.length).toBeLessThanOrEqual(200);
		expect(error?.message).toContain("b");
	});

	test("the same text goes on in a rewrite, and the text is whole", async () => {
		const { text, chunks } = await run([
			scripted("a", [french.slice(0, 30), cut]),
			scripted("b", [french.slice(0, 45), { type: "text-replace", text: french.slice(0, 60) }, french.slice(60)]),
		]);
		expect(text).toBe(french);
		expect(fromSeam(chunks).filter(({ type }) => type === "seam")).toHaveLength(1);
	});
});

describe("a new answer in place of the broken one", () => {
	const options = { onInterruption: "restart" } as const;

	test("says so without a detail, and may think, show, and rewrite itself", async () => {
		const thought: Chunk = { type: "reasoning-delta", text: "Hm." };
		const image: Chunk = { type: "image", url: "https://example.org/fish.png" };
		const { chunks, text } = await run(
			[
				scripted("a", [french.slice(0, 30), cut]),
				scripted("b", [
					{ type: "reasoning-delta", text: "First." },
					fish,
					thought,
					" More.",
					{ type: "text-replace", text: "Birds." },
					image,
					" They fly.",
				]),
			],
			options,
		);
		expect(fromSeam(chunks)).toEqual([
			{ type: "seam", from: "a", to: "b", how: "restart", reason: why, at: 0 },
			{ type: "reasoning-delta", text: "First." },
			{ type: "text-replace", text: fish },
			thought,
			{ type: "text-delta", text: " More." },
			{ type: "text-replace", text: "Birds." },
			image,
			{ type: "text-delta", text: " They fly." },
		]);
		expect(text).toBe("Birds. They fly.");
	});

	test("where only thoughts had come, it is told without a detail when its content comes, and once", async () => {
		const usage: Chunk = { type: "usage", inputTokens: 1, source: "provider" };
		const { chunks, text } = await run([
			scripted("a", [{ type: "reasoning-delta", text: "Hm." }, cut]),
			scripted("b", [usage, { type: "progress", stage: "started" }, "Fish", " live."]),
		]);
		expect(text).toBe("Fish live.");
		const seams = chunks.filter(({ type }) => type === "seam");
		expect(seams).toEqual([{ type: "seam", from: "a", to: "b", how: "restart", reason: why, at: 0 }]);
		expect(fromSeam(chunks).slice(0, 3)).toEqual([seams[0], { type: "text-delta", text: "Fish" }, { type: "text-delta", text: " live." }]);
	});
});

describe("the same answer", () => {
	test("goes on without a chunk that is empty, and without the thoughts of who goes on", async () => {
		const { chunks, text } = await run([
			scripted("a", [french.slice(0, 30), cut]),
			scripted("b", [
				{ type: "reasoning-delta", text: "Hm." },
				french.slice(0, 30),
				{ type: "reasoning-delta", text: "Hm, hm." },
				french.slice(30),
				{ type: "reasoning-delta", text: "Done." },
			]),
		]);
		expect(text).toBe(french);
		const [seam, ...rest] = fromSeam(chunks);
		expect(seam).toMatchObject({
			how: "continue",
			at: 30,
			reason: expect.stringMatching(/^"a" broke off after network: connection reset \([^)]+\)$/),
		});
		expect(rest.every((chunk) => chunk.type === "text-delta" && chunk.text !== "")).toBe(true);
		expect(rest.map((chunk) => (chunk as { text: string }).text).join("")).toBe(french.slice(30));
	});

	test("goes on before an image or a call that comes with it", async () => {
		const image: Chunk = { type: "image", url: "https://example.org/paris.png" };
		const { chunks } = await run([scripted("a", ["The capital of ", cut]), scripted("b", ["The capital of France", image])]);
		expect(fromSeam(chunks).map(({ type }) => type)).toEqual(["seam", "text-delta", "image"]);
	});

	test("white space alone is no continuation: the next one is asked", async () => {
		const { text } = await run([scripted("a", [french.slice(0, 30), cut]), scripted("b", [" \n "]), scripted("c", [french])]);
		expect(text).toBe(french);
	});

	const refusals: readonly SpaceportError[] = [
		new InvalidRequestError("The last message must be the user's.", { path: "messages" }),
		new UnsupportedError("Prefill is not supported.", { capability: "prefill" }),
		new ProtocolError("Unexpected answer.", { protocol: "x" }),
		new ProviderFailedError("It threw.", {}),
		new GenerationError("It failed."),
	];
	const prefilled = (name: string, ...scripts: readonly (readonly ScriptStep[])[]) =>
		createScriptedProvider({ name, scripts, models: [{ id: "m", prefill: true }] });
	const lastRoles = (provider: ReturnType<typeof scripted>) =>
		provider.calls.map(({ request }) => (request.messages.at(-1) as { role: string }).role);

	test.each(refusals.map((error) => [error.code, error] as const))(
		"whoever refuses the answer in last place with %s is asked in words",
		async (_, error) => {
			const b = prefilled("b", [{ fail: error }], [french]);
			const { text } = await run([scripted("a", [french.slice(0, 30), cut]), b]);
			expect(text).toBe(french);
			expect(lastRoles(b)).toEqual(["assistant", "user"]);
		},
	);

	test("whoever fails for another reason is not", async () => {
		const b = prefilled("b", [{ fail: new TimeoutError("Too slow.", { phase: "connect", afterMs: 1 }) }], [french]);
		await run([scripted("a", [french.slice(0, 30), cut]), b]);
		expect(lastRoles(b)).toEqual(["assistant"]);
	});

	test.each([
		["a beginning of a word or two is asked for in words", "The capital of", "user"],
		["one of 24 characters is given", "The capital of France is", "assistant"],
	])("%s", async (_, sent, role) => {
		const b = prefilled("b", [french]);
		await run([scripted("a", [sent, cut]), b]);
		expect(lastRoles(b)).toEqual([role]);
	});
});

describe("an answer that nobody goes on with", () => {
	test("says what each that was to go on ended in, and not what was before", async () => {
		const { error } = await run([
			scripted("zero", [{ fail: new NetworkError("no route", { phase: "join" }) }]),
			scripted("a", [french.slice(0, 30), cut]),
			scripted("b", [french.slice(0, 30), { fail: new NetworkError("gone", { phase: "stream" }) }]),
			scripted("c", [{ fail: new ProviderFailedError("It threw.", {}) }]),
		]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: french.slice(0, 30) });
		expect(error?.message).toContain("b: ");
		expect(error?.message).toContain("c: It threw.");
		expect(error?.message).not.toContain("no route");
		expect(error?.message).not.toContain("zero");
	});

	test("is held against whoever failed, but not against whoever said something else", async () => {
		const { spaceport } = await run([
			scripted("a", [french.slice(0, 30), cut]),
			scripted("b", [{ fail: new NetworkError("no route", { phase: "join" }) }]),
			scripted("c", [fish]),
		]);
		expect((await spaceport.health()).map(({ provider, failures }) => [provider, failures])).toEqual([
			["a", 1],
			["b", 1],
		]);
	});

	test("ends so too where the time is over, with all attempts closed", async () => {
		const { error, events } = await run([scripted("a", [french.slice(0, 30), cut]), scripted("b", [{ hang: true }])], {
			timeouts: { totalMs: 5000 },
		});
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: french.slice(0, 30) });
		expect(error?.message).toContain("b: The request was not done after 5000 ms.");
		expect(events.filter((event) => event.type === "attempt-end")).toMatchObject([
			{ provider: "a" },
			{ provider: "b", decision: "fail", error: { code: "timeout", phase: "total" } },
		]);
	});
});
