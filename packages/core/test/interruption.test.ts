import {
	AuthenticationError,
	type Chunk,
	ContentFilteredError,
	createChain,
	createSpaceport,
	InvalidRequestError,
	isSpaceportError,
	NetworkError,
	type SpaceportEvent,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const cut = { fail: new NetworkError("connection reset", { phase: "stream" }) };
const whole = "The capital of France is Paris, and it has been so for a very long time.";

function scripted(name: string, ...scripts: readonly (readonly ScriptStep[])[]) {
	return createScriptedProvider({ name, scripts });
}

type Options = Omit<Parameters<typeof createChain>[0], "name" | "providers">;

/** Runs a chain to its end on the fake clock, once by chunks and once as text. */
async function run(make: () => readonly ReturnType<typeof scripted>[], options: Options = {}, ask: object = {}) {
	async function once(asText: boolean) {
		const providers = make();
		const events: SpaceportEvent[] = [];
		const spaceport = createSpaceport({
			chains: [createChain({ name: "default", providers, onInterruption: "continue", ...options })],
			random: () => 0,
			onEvent: (event) => events.push(event),
		});
		const stream = spaceport.stream({ messages: "What is the capital of France?", ...ask });
		const chunks: (Chunk | string)[] = [];
		const reading = (async () => {
			for await (const chunk of asText ? stream.textStream : stream) chunks.push(chunk);
		})().then(
			() => undefined,
			(error: unknown) => error,
		);
		await vi.runAllTimersAsync();
		const error = await reading;
		expect(vi.getTimerCount()).toBe(0);
		const starts = events.filter((event) => event.type === "attempt-start");
		expect(events.filter((event) => event.type === "attempt-end")).toHaveLength(starts.length);
		const completion = error === undefined ? await stream.completion : undefined;
		return { providers, events, chunks, error, completion, asked: starts.map(({ provider }) => provider) };
	}
	const text = await once(true);
	const result = await once(false);
	return { ...result, streamed: text.chunks.join(""), textError: text.error };
}

const seamsOf = (chunks: readonly (Chunk | string)[]) => chunks.filter((chunk) => typeof chunk === "object" && chunk.type === "seam");

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("continue", () => {
	test.each([
		["starts the same answer over", whole],
		["goes on exactly", whole.slice(30)],
		["repeats a few words", whole.slice(15)],
		["goes on after a preamble", `Sure, continuing:\n\n${whole.slice(15)}`],
	])("the next provider %s", async (_, second) => {
		const { chunks, streamed, completion, asked, providers } = await run(() => [
			scripted("a", [whole.slice(0, 10), whole.slice(10, 30), cut]),
			scripted("b", second.match(/.{1,7}/gs) ?? []),
		]);
		expect(completion?.text).toBe(whole);
		expect(streamed).toBe(whole);
		expect(asked).toEqual(["a", "b"]);
		expect(seamsOf(chunks)).toMatchObject([{ from: "a", to: "b", how: "continue", at: 30 }]);
		expect(completion?.attempts).toMatchObject([
			{ provider: "a", decision: "fallback", error: { code: "stream-interrupted", cause: { code: "network" } } },
			{ provider: "b", decision: "answered" },
		]);
		// What was asked: the conversation, the answer so far, and nothing of it lost.
		expect(JSON.stringify(providers[1]?.calls[0]?.request)).toContain(whole.slice(0, 30));
	});

	const counted = "one two three four five six seven eight nine ten";
	const pieces = counted.split(/(?<= )/);
	const breakingAtEach = (own: readonly string[]) => own.map((piece) => (piece === pieces.at(-1) ? [piece] : [piece, cut]));

	test("a break at every word, by one provider alone: each that brought the answer on is gone on with", async () => {
		const { completion, streamed, asked } = await run(() => [scripted("a", ...breakingAtEach(pieces))]);
		expect([completion?.text, streamed]).toEqual([counted, counted]);
		expect(asked).toHaveLength(pieces.length);
	});

	test("a break at every word, by two in turn", async () => {
		const turns = (rest: number) => pieces.filter((_, index) => index % 2 === rest);
		const { completion, asked } = await run(() => [scripted("a", ...breakingAtEach(turns(0))), scripted("b", ...breakingAtEach(turns(1)))]);
		expect(completion?.text).toBe(counted);
		expect(asked).toEqual(pieces.map((_, index) => (index % 2 === 0 ? "a" : "b")));
	});

	test("a break at every word ends with the attempts", async () => {
		const { error, asked } = await run(() => [scripted("a", ...breakingAtEach(pieces))], { retry: { maxAttempts: 4 } });
		expect(asked).toHaveLength(4);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: pieces.slice(0, 4).join("") });
	});

	test("whoever breaks off where it did before is not asked for ever", async () => {
		const { error, asked } = await run(() => [scripted("a", ["The capital ", cut])]);
		expect(asked).toEqual(["a", "a", "a"]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: "The capital " });
	});

	test("several breaks in one answer, by three providers", async () => {
		const { completion, chunks, streamed } = await run(() => [
			scripted("a", [whole.slice(0, 20), cut]),
			scripted("b", [whole.slice(0, 45), cut]),
			scripted("c", [whole]),
		]);
		expect(completion?.text).toBe(whole);
		expect(streamed).toBe(whole);
		expect(seamsOf(chunks)).toMatchObject([
			{ from: "a", to: "b", at: 20 },
			{ from: "b", to: "c", at: 45 },
		]);
	});

	test("a provider asked alone goes on with its own answer", async () => {
		const a = scripted("a", [whole.slice(0, 30), cut], [whole]);
		const spaceport = createSpaceport({ providers: [a], onInterruption: "continue" });
		const asked = spaceport.complete({ messages: "?" });
		await vi.runAllTimersAsync();
		expect((await asked).text).toBe(whole);
	});

	test("the end alone was lost: whoever says the same again ends it", async () => {
		const { completion, chunks } = await run(() => [scripted("a", [whole, cut]), scripted("b", [whole])]);
		expect(completion?.text).toBe(whole);
		expect(seamsOf(chunks)).toHaveLength(1);
	});

	test("something else is asked of the next one, and ends in the first error where nobody is left", async () => {
		const other = "I am sorry, but I cannot help you with that request. Is there anything else you would like to know?";
		const helped = await run(() => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [other]), scripted("c", [whole])]);
		expect(helped.completion?.text).toBe(whole);
		const { error, chunks } = await run(() => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [other])]);
		if (!isSpaceportError(error, "stream-interrupted")) throw error;
		expect(error.textSoFar).toBe(whole.slice(0, 30));
		expect(error.cause).toMatchObject({ code: "network" });
		expect(error.provider).toBe("a");
		expect(error.message).toContain("connection reset");
		expect(chunks.filter((chunk) => typeof chunk === "object" && chunk.type === "text-delta")).toHaveLength(1);
	});

	test("whoever says something else is well all the same", async () => {
		const other = "I am sorry, but I cannot help you with that request.";
		const providers = [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [other])];
		const spaceport = createSpaceport({ providers, chains: { default: ["a", "b"] }, retry: { retries: 0 } });
		for (let index = 0; index < 3; index += 1) {
			spaceport.complete({ messages: "?" }).catch(() => {});
			await vi.runAllTimersAsync();
			await spaceport.reset("a");
		}
		expect(await spaceport.health()).toMatchObject([{ provider: "a" }, { provider: "b", state: "well", failures: 0 }]);
	});

	test("something else is handed out after a seam where that is wanted", async () => {
		const other = "I am sorry, but I cannot help you with that request. Is there anything else you would like to know?";
		const { completion, streamed, chunks } = await run(
			() => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [other.slice(0, 50), other.slice(50)])],
			{ onMismatch: "seam" },
		);
		expect(completion?.text).toBe(`${whole.slice(0, 30)}\n\n${other}`);
		expect(streamed).toBe(completion?.text);
		expect(seamsOf(chunks)).toHaveLength(1);
	});

	test("something else that comes in a rewrite is no end of the answer", async () => {
		const rewrites: readonly ScriptStep[] = [whole.slice(0, 45), { type: "text-replace", text: "Something else is said now by" }, " me."];
		const providers = () => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", rewrites), scripted("c", [whole])];
		const { completion, asked } = await run(providers, { retry: { retries: 0 } });
		expect([completion?.text, asked]).toEqual([whole, ["a", "b", "c"]]);
		const seamed = await run(providers, { retry: { retries: 0 }, onMismatch: "seam" });
		expect(seamed.completion?.text).toBe(`${whole.slice(0, 30)}\n\nSomething else is said now by me.`);
		const again: readonly ScriptStep[] = ["Bananas are yellow, and they", { type: "text-replace", text: "Bananas are green" }, "."];
		const other = await run(() => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", again)], {
			retry: { retries: 0 },
			onMismatch: "seam",
		});
		expect(other.completion?.text).toBe(`${whole.slice(0, 30)}\n\nBananas are green.`);
	});

	test("JSON is never spliced: the same value goes on, another one takes its place for whoever can replace", async () => {
		const json = '{"city": "Paris", "country": "France"}';
		const same = await run(() => [scripted("a", [json.slice(0, 15), cut]), scripted("b", [json])]);
		expect(same.completion?.text).toBe(json);
		expect(same.streamed).toBe(json);
		const other = '{"country": "France", "city": "Paris"}';
		const { completion, chunks, textError, providers } = await run(() => [
			scripted("a", [json.slice(0, 15), cut]),
			scripted("b", [other.slice(0, 9), other.slice(9)]),
		]);
		expect(completion?.text).toBe(other);
		expect(seamsOf(chunks)).toMatchObject([{ how: "restart", at: 0 }]);
		expect(isSpaceportError(textError, "stream-interrupted") && textError.textSoFar).toBe(json.slice(0, 15).trimEnd());
		// It is asked as if nothing had been said.
		expect(providers[1]?.calls[0]?.request.messages).toHaveLength(1);
	});

	test("an emoji that was cut in half is whole", async () => {
		const answer = "Hello 👋🏽, world, this is a greeting from the other side of the Earth.";
		const { completion, streamed, chunks } = await run(() => [scripted("a", [answer.slice(0, 7), cut]), scripted("b", [answer])]);
		expect(completion?.text).toBe(answer);
		expect(streamed).toBe(answer);
		for (const chunk of chunks) if (typeof chunk === "object" && chunk.type === "text-delta") expect(chunk.text.isWellFormed()).toBe(true);
	});

	test("a tool call that was cut is never handed out half", async () => {
		const half: Chunk = { type: "tool-call-delta", id: "1", name: "weather", argumentsDelta: '{"ci' };
		const call: Chunk = { type: "tool-call", id: "2", name: "weather", arguments: "{}" };
		const { completion, chunks } = await run(() => [
			scripted("a", ["I look: ", half, cut]),
			scripted("b", [{ ...half, id: "2" }, call, { type: "finish", finishReason: "tool-calls" }]),
		]);
		expect(completion?.toolCalls).toEqual([call]);
		expect(chunks.filter((chunk) => typeof chunk === "object" && "id" in chunk && chunk.id === "1")).toEqual([]);
	});

	test("after a whole tool call nobody goes on: it may have been acted on", async () => {
		const call: Chunk = { type: "tool-call", id: "1", name: "weather", arguments: "{}" };
		const { error, asked } = await run(() => [scripted("a", [call, cut]), scripted("b", ["another"])]);
		expect(error).toMatchObject({ code: "stream-interrupted" });
		expect(asked).toEqual(["a"]);
	});

	test("a prefill goes to whoever takes one, and its refusal costs one attempt and hides nothing", async () => {
		const refusal = { fail: new InvalidRequestError("the last message must be the user's", { path: "messages" }) };
		const make = (): readonly ReturnType<typeof scripted>[] => [
			scripted("a", [whole.slice(0, 30), cut]),
			createScriptedProvider({ name: "b", models: [{ id: "b", prefill: true }], scripts: [[refusal], [whole.slice(15)]] }),
		];
		const { completion, providers } = await run(make);
		expect(completion?.text).toBe(whole);
		const [first, second] = providers[1]?.calls.map(({ request }) => request.messages.at(-1)?.role) ?? [];
		expect([first, second]).toEqual(["assistant", "user"]);
		const { error } = await run(() => [
			scripted("a", [whole.slice(0, 30), cut]),
			createScriptedProvider({ name: "b", models: [{ id: "b", prefill: true }], scripts: [[refusal]] }),
		]);
		expect(error).toMatchObject({ code: "stream-interrupted", provider: "a", cause: { message: "connection reset" } });
	});

	describe("a model that takes a prefill and has nothing to add", () => {
		const ending = (finish: readonly ScriptStep[], sent = whole, prefill = true) =>
			run(() => [scripted("a", [sent, cut]), createScriptedProvider({ name: "b", models: [{ id: "b", prefill }], scripts: [finish] })], {
				retry: { retries: 0 },
			});
		const stop: Chunk = { type: "finish", finishReason: "stop" };

		test("ends the answer, where that ends as an answer does", async () => {
			const { completion, streamed, chunks } = await ending([" ", stop]);
			expect([completion?.text, streamed, completion?.finishReason]).toEqual([whole, whole, "stop"]);
			expect(seamsOf(chunks)).toMatchObject([{ how: "continue", at: whole.length }]);
		});

		test.each([
			["does not say that it is done", [], whole, true],
			["was cut short itself", [{ type: "finish", finishReason: "length" } as const], whole, true],
			["ends within a sentence", [stop], whole.slice(0, 40), true],
			["is asked in words, and says none", [stop], whole, false],
		])("but not where it %s", async (_, finish, sent, prefill) => {
			const { error } = await ending(finish, sent, prefill);
			expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: sent });
		});
	});

	test("only reasoning had come: the answer is asked for anew", async () => {
		const { completion, chunks } = await run(() => [
			scripted("a", [{ type: "reasoning-delta", text: "Let me see" }, cut]),
			scripted("b", [{ type: "reasoning-delta", text: "France…" }, whole]),
		]);
		expect(completion).toMatchObject({ text: whole, reasoning: "France…" });
		expect(seamsOf(chunks)).toMatchObject([{ how: "restart", at: 0 }]);
	});

	test("the caller who leaves, or a refusal of the content, is no break", async () => {
		const refused = await run(() => [
			scripted("a", [whole.slice(0, 30), { fail: new ContentFilteredError("withheld", { reason: "violence" }) }]),
			scripted("b", [whole]),
		]);
		expect(refused.error).toMatchObject({ code: "content-filtered" });
		expect(refused.asked).toEqual(["a"]);
		const allowed = await run(
			() => [
				scripted("a", [whole.slice(0, 30), { fail: new ContentFilteredError("withheld", { reason: "violence" }) }]),
				scripted("b", [whole]),
			],
			{ dispositions: { "content-filtered": { next: true } } },
		);
		expect(allowed.completion?.text).toBe(whole);
	});

	test("a chain that goes on and breaks as well leaves it to the one that has the whole answer", async () => {
		const inner = (): ReturnType<typeof createChain> =>
			createChain({ name: "inner", providers: [scripted("b", [whole.slice(5, 50), cut]), scripted("c", [whole])] });
		const events: string[] = [];
		const spaceport = createSpaceport({
			chains: [createChain({ name: "default", providers: [scripted("a", [whole.slice(0, 5), cut]), inner()] })],
			random: () => 0,
			onInterruption: "continue",
			onEvent: (event) => event.type === "seam" && events.push(`${event.from} ${event.to} ${event.at}`),
		});
		const outcome = spaceport.complete({ messages: "?" });
		await vi.runAllTimersAsync();
		expect((await outcome).text).toBe(whole);
		expect(events).toEqual(["a inner 5", "inner inner 50"]);
	});

	test("an answer of a chain in the chain that nobody goes on with tells of all who were asked", async () => {
		const inner = (): ReturnType<typeof createChain> =>
			createChain({ name: "inner", providers: [scripted("a", [whole.slice(0, 5), cut])], retry: { retries: 0 } });
		const down = (name: string) => scripted(name, [{ fail: new NetworkError(`${name} is down`, { phase: "join" }) }]);
		const spaceport = createSpaceport({
			chains: [createChain({ name: "default", providers: [inner(), down("b"), down("c")], retry: { retries: 0 } })],
		});
		await expect(spaceport.complete({ messages: "?" })).rejects.toMatchObject({
			code: "stream-interrupted",
			message: "The answer broke off after 5 characters: connection reset. Nobody could go on with it. b: b is down. c: c is down.",
		});
	});

	test("all attempts are within the budget", async () => {
		const { error, asked } = await run(
			() => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [{ fail: new AuthenticationError("401") }]), scripted("c", [whole])],
			{ retry: { maxAttempts: 2 } },
		);
		expect(asked).toEqual(["a", "b"]);
		expect(error).toMatchObject({ code: "stream-interrupted" });
	});

	test("and so is one that is asked in another way", async () => {
		const refuses = () =>
			createScriptedProvider({
				name: "b",
				models: [{ id: "b", prefill: true }],
				scripts: [[{ fail: new InvalidRequestError("no assistant message in the last place", { path: "messages" }) }], [whole]],
			});
		const make = () => [scripted("a", [whole.slice(0, 30), cut]), refuses()];
		expect((await run(make, { retry: { maxAttempts: 3 } })).completion?.text).toBe(whole);
		const { asked, error } = await run(make, { retry: { maxAttempts: 2 } });
		expect(asked).toEqual(["a", "b"]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: whole.slice(0, 30) });
	});
});

describe("restart", () => {
	test("another answer takes the place of the broken one", async () => {
		const { completion, chunks, textError } = await run(
			() => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", ["Paris is ", "the capital."])],
			{ onInterruption: "restart" },
		);
		expect(completion?.text).toBe("Paris is the capital.");
		expect(chunks.filter((chunk) => typeof chunk === "object" && chunk.type === "text-replace")).toHaveLength(1);
		expect(textError).toMatchObject({ code: "stream-interrupted" });
	});

	test("the same answer goes on where it was, also as text", async () => {
		const { streamed, completion } = await run(() => [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [whole])], {
			onInterruption: "restart",
		});
		expect(streamed).toBe(whole);
		expect(completion?.text).toBe(whole);
	});
});

test("a request may say what happens, whatever its chain says", async () => {
	const providers = [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [whole])];
	const spaceport = createSpaceport({ chains: [createChain({ name: "default", providers, onInterruption: "continue" })] });
	const failing = spaceport.complete({ messages: "?" }, { onInterruption: "fail" });
	failing.catch(() => {});
	await vi.runAllTimersAsync();
	await expect(failing).rejects.toMatchObject({ code: "stream-interrupted", textSoFar: whole.slice(0, 30) });
	expect(() => createChain({ name: "x", providers, onInterruption: "sometimes" as never })).toThrow(/onInterruption is "sometimes"/);
});
