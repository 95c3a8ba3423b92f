import { type ChatMessage, type Chunk, createSpaceport, isSpaceportError, NetworkError, type Spaceport } from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";

function setUp(...script: readonly ScriptStep[]): { spaceport: Spaceport; provider: ReturnType<typeof createScriptedProvider> } {
	const provider = createScriptedProvider({ name: "p", scripts: [script] });
	return { spaceport: createSpaceport({ providers: [provider], retry: { retries: 0 } }), provider };
}

const ask = { messages: "Hello?" };
const stop: Chunk = { type: "finish", finishReason: "stop" };

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	return await Array.fromAsync(items);
}

afterEach(() => {
	vi.useRealTimers();
});

describe("stream", () => {
	test("starts nothing until it is read", async () => {
		const { spaceport, provider } = setUp("Hi", stop);
		const stream = spaceport.stream(ask);
		void stream.textStream;
		await new Promise((resolve) => setImmediate(resolve));
		expect(provider.calls).toHaveLength(0);
		await collect(stream);
		expect(provider.calls).toHaveLength(1);
	});

	test("never throws: a bad request comes out of the stream", async () => {
		const { spaceport, provider } = setUp("Hi");
		const stream = spaceport.stream({ messages: 5 } as never);
		await expect(collect(stream)).rejects.toMatchObject({ code: "invalid-request", path: "messages" });
		await expect(stream.completion).rejects.toMatchObject({ code: "invalid-request" });
		await expect(collect(spaceport.stream(undefined as never))).rejects.toMatchObject({ code: "invalid-request" });
		expect(provider.calls).toHaveLength(0);
	});

	test("gives the provider's chunks, a bare string being a text delta, and finish last", async () => {
		const { spaceport } = setUp("a", { type: "reasoning-delta", text: "hm" }, "", "b", { ...stop, finishReason: "length" }, "never");
		expect(await collect(spaceport.stream(ask))).toEqual([
			{ type: "text-delta", text: "a" },
			{ type: "reasoning-delta", text: "hm" },
			{ type: "text-delta", text: "b" },
			{ type: "finish", finishReason: "length" },
		]);
	});

	test("a provider that returns without finish has finished, for a reason that is not known", async () => {
		const { spaceport } = setUp("a");
		const stream = spaceport.stream(ask);
		expect((await collect(stream)).at(-1)).toEqual({ type: "finish", finishReason: "unknown" });
		expect((await stream.completion).finishReason).toBe("unknown");
	});

	test("shares one iteration, and says so to a second one", async () => {
		const { spaceport } = setUp("a", stop);
		const stream = spaceport.stream(ask);
		await collect(stream.textStream);
		await expect(collect(stream)).rejects.toMatchObject({ code: "invalid-request" });
		await expect(collect(stream.textStream)).rejects.toMatchObject({ code: "invalid-request" });
	});

	test("completion may be read besides", async () => {
		const { spaceport } = setUp("a", "b", { type: "usage", outputTokens: 2, source: "provider" }, stop);
		const stream = spaceport.stream(ask);
		const { completion } = stream;
		expect(await collect(stream.textStream)).toEqual(["a", "b"]);
		expect(await completion).toMatchObject({
			text: "ab",
			provider: "p",
			model: "p",
			finishReason: "stop",
			usage: { outputTokens: 2, source: "provider" },
			warnings: [],
			attempts: [{ provider: "p", model: "p", number: 1, decision: "answered" }],
		});
	});

	test("completion alone drives the stream, and an iteration that begins later still gets everything", async () => {
		const { spaceport } = setUp("a", { wait: 1 }, "b", stop);
		const stream = spaceport.stream(ask);
		const completion = await stream.completion;
		expect(completion.text).toBe("ab");
		expect((await collect(stream)).map((chunk) => chunk.type)).toEqual(["text-delta", "text-delta", "finish"]);
	});

	test("an iteration that begins while completion drives takes over without losing a chunk", async () => {
		const { spaceport } = setUp("a", { wait: 1 }, "b", { wait: 1 }, "c", stop);
		const stream = spaceport.stream(ask);
		const { completion } = stream;
		await new Promise((resolve) => setImmediate(resolve));
		expect((await collect(stream.textStream)).join("")).toBe("abc");
		expect((await completion).text).toBe("abc");
	});

	test("a failure reaches the iteration and completion alike", async () => {
		const failure = new NetworkError("cut", { phase: "join" });
		const { spaceport } = setUp({ fail: failure });
		const stream = spaceport.stream(ask);
		await expect(collect(stream)).rejects.toBe(failure);
		await expect(stream.completion).rejects.toBe(failure);
		const alone = setUp({ fail: failure }).spaceport.stream(ask);
		await expect(alone.completion).rejects.toBe(failure);
		await expect(collect(alone)).rejects.toBe(failure);
	});

	test("a rejection that nobody reads is never unhandled", async () => {
		const unhandled = vi.fn();
		process.on("unhandledRejection", unhandled);
		const { spaceport } = setUp({ fail: new NetworkError("cut", { phase: "join" }) });
		const stream = spaceport.stream(ask);
		void stream.completion;
		for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
		process.off("unhandledRejection", unhandled);
		expect(unhandled).not.toHaveBeenCalled();
	});

	test("leaving the loop runs the provider's finally and rejects completion with aborted", async () => {
		const { spaceport, provider } = setUp("a", { hang: true });
		const stream = spaceport.stream(ask);
		for await (const chunk of stream) if (chunk.type === "text-delta") break;
		expect(provider.calls[0]?.state).toBe("left");
		expect(provider.calls[0]?.context.signal.aborted).toBe(true);
		await expect(stream.completion).rejects.toMatchObject({ code: "aborted" });
	});

	test("leaving before anything began asks nobody", async () => {
		const { spaceport, provider } = setUp("a");
		const stream = spaceport.stream(ask);
		await stream[Symbol.asyncIterator]().return?.();
		await expect(stream.completion).rejects.toMatchObject({ code: "aborted" });
		expect(provider.calls).toHaveLength(0);
	});

	test("an aborted signal ends it with its reason, before and midway", async () => {
		const reason = new Error("the user closed the tab");
		const { spaceport, provider } = setUp("a", { hang: true });
		await expect(collect(spaceport.stream(ask, { signal: AbortSignal.abort(reason) }))).rejects.toMatchObject({ code: "aborted", reason });
		expect(provider.calls).toHaveLength(0);
		const controller = new AbortController();
		const stream = spaceport.stream(ask, { signal: controller.signal });
		await expect(
			(async () => {
				for await (const _ of stream) controller.abort(reason);
			})(),
		).rejects.toMatchObject({ code: "aborted", reason });
		await expect(stream.completion).rejects.toMatchObject({ code: "aborted", reason });
	});

	test("a provider that does not listen to its signal holds nobody up", async () => {
		const { spaceport } = setUp("a", { ignore: true });
		const controller = new AbortController();
		const stream = spaceport.stream(ask, { signal: controller.signal });
		await expect(
			(async () => {
				for await (const _ of stream) setImmediate(() => controller.abort());
			})(),
		).rejects.toMatchObject({ code: "aborted" });
	});

	test("leaves no listener on the caller's signal", async () => {
		const { spaceport } = setUp("a", stop);
		const { signal } = new AbortController();
		const added = vi.spyOn(signal, "addEventListener");
		const removed = vi.spyOn(signal, "removeEventListener");
		await spaceport.complete(ask, { signal });
		expect(added.mock.calls.length).toBeGreaterThan(0);
		expect(removed.mock.calls.length).toBe(added.mock.calls.length);
	});

	test("leaves no timer behind", async () => {
		vi.useFakeTimers();
		const { spaceport } = setUp("a", stop);
		await spaceport.complete(ask);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("an abort reaches completion although nobody reads on", async () => {
		const { spaceport, provider } = setUp("a", { hang: true });
		const controller = new AbortController();
		const stream = spaceport.stream(ask, { signal: controller.signal });
		const iterator = stream[Symbol.asyncIterator]();
		await iterator.next();
		controller.abort(new Error("gone"));
		await expect(stream.completion).rejects.toMatchObject({ code: "aborted", reason: new Error("gone") });
		await vi.waitFor(() => expect(provider.calls[0]?.state).toBe("left"));
		await expect(iterator.next()).rejects.toMatchObject({ code: "aborted" });
		expect(await iterator.next()).toEqual({ done: true, value: undefined });
	});

	test("an abort after the end changes nothing", async () => {
		const { spaceport } = setUp("a", stop);
		const controller = new AbortController();
		const stream = spaceport.stream(ask, { signal: controller.signal });
		await collect(stream);
		controller.abort();
		expect((await stream.completion).text).toBe("a");
	});

	test("next() may be called again before the last one is there", async () => {
		const { spaceport } = setUp("a", "b", stop);
		const iterator = spaceport.stream(ask).textStream[Symbol.asyncIterator]();
		const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
		expect(results.map(({ value }) => value)).toEqual(["a", "b", undefined, undefined]);
		const broken = setUp("a", { fail: new NetworkError("cut", { phase: "stream" }) })
			.spaceport.stream(ask)
			[Symbol.asyncIterator]();
		const settled = await Promise.allSettled([broken.next(), broken.next(), broken.next()]);
		expect(settled.map((result) => (result.status === "fulfilled" ? result.value.done : result.reason.code))).toEqual([
			false,
			"stream-interrupted",
			true,
		]);
	});

	test("return() while a chunk is waited for ends the stream", async () => {
		const { spaceport, provider } = setUp("a", { hang: true });
		const stream = spaceport.stream(ask);
		const iterator = stream[Symbol.asyncIterator]();
		await iterator.next();
		const pending = iterator.next().catch((error: unknown) => error);
		await new Promise((resolve) => setImmediate(resolve));
		expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
		expect(await pending).toMatchObject({ code: "aborted" });
		await expect(stream.completion).rejects.toMatchObject({ code: "aborted" });
		expect(provider.calls[0]?.state).toBe("left");
	});

	test("leaving while completion drives rejects it with aborted", async () => {
		const { spaceport } = setUp("a", "b", { hang: true });
		const stream = spaceport.stream(ask);
		const { completion } = stream;
		await new Promise((resolve) => setImmediate(resolve));
		void (async () => {
			for await (const chunk of stream) if (chunk.type === "text-delta") break;
		})();
		await expect(Promise.race([completion, new Promise((resolve) => setTimeout(resolve, 1000, "never"))])).rejects.toMatchObject({
			code: "aborted",
		});
	});

	test("what the caller changes after the call does not change what is asked", async () => {
		const { spaceport, provider } = setUp("a", stop);
		const messages: ChatMessage[] = [{ role: "user", content: "Hello?" }];
		const stream = spaceport.stream({ messages });
		messages.push({ role: "assistant", content: "" });
		await stream.completion;
		expect(provider.calls[0]?.request.messages).toEqual([{ role: "user", content: "Hello?" }]);
	});

	test("a request that throws when it is looked at, and options that are none, come out of the stream", async () => {
		const { spaceport } = setUp("a", stop);
		const hostile = {
			get messages(): never {
				throw new Error("no");
			},
		};
		await expect(spaceport.complete(hostile)).rejects.toMatchObject({ code: "invalid-request" });
		expect((await spaceport.complete(ask, null as never)).text).toBe("a");
	});

	test("a createId that throws comes out of the stream and of completion", async () => {
		const spaceport = createSpaceport({
			createId() {
				throw new Error("no id");
			},
		});
		const stream = spaceport.stream(ask);
		await expect(collect(stream)).rejects.toThrow("no id");
		await expect(Promise.race([stream.completion, new Promise((resolve) => setTimeout(resolve, 500))])).rejects.toThrow("no id");
	});

	test("a createId that throws when somebody is to be asked comes out in its own words", async () => {
		let ids = 0;
		const createId = (): string => {
			ids += 1;
			if (ids > 1) throw new Error("no second id");
			return "first";
		};
		const spaceport = createSpaceport({ providers: [createScriptedProvider({ scripts: [["a", stop]] })], createId });
		await expect(spaceport.complete(ask)).rejects.toThrow("no second id");
	});

	test("a logger that throws breaks nothing", async () => {
		const bad = (): never => {
			throw new Error("the disk is full");
		};
		const logger = { trace: bad, debug: bad, info: bad, warn: bad, error: bad };
		const spaceport = createSpaceport({ providers: [createScriptedProvider({ scripts: [["a", stop]] })], logger });
		expect((await spaceport.complete(ask)).text).toBe("a");
	});

	test("an observer whose promise rejects breaks nothing", async () => {
		const unhandled = vi.fn();
		process.on("unhandledRejection", unhandled);
		const { spaceport } = setUp("a", stop);
		const onEvent = async (): Promise<never> => {
			throw new Error("observer");
		};
		expect((await spaceport.complete(ask, { onEvent: onEvent as never })).text).toBe("a");
		for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
		process.off("unhandledRejection", unhandled);
		expect(unhandled).not.toHaveBeenCalled();
	});

	test("an observer that throws breaks nothing", async () => {
		const { spaceport } = setUp("a", stop);
		const bad = (): never => {
			throw new Error("observer");
		};
		expect((await spaceport.complete(ask, { onEvent: bad, onChunk: bad })).text).toBe("a");
	});

	test("an answer of ten thousand tokens arrives whole, in pieces", async () => {
		const tokens = Array.from({ length: 10_000 }, (_, index) => `t${index} `);
		const { spaceport } = setUp(...tokens, stop);
		const stream = spaceport.stream(ask);
		const pieces = await collect(stream.textStream);
		expect(pieces.length).toBeGreaterThanOrEqual(10_000);
		expect(pieces.join("")).toBe(tokens.join(""));
		expect((await stream.completion).text).toBe(tokens.join(""));
	});
});

describe("an empty answer", () => {
	test.each([[[]], [[stop]], [["", " \n", stop]], [[{ type: "text-replace", text: "  " } as const, stop]]])(
		"%j is a failure",
		async (script) => {
			const { spaceport } = setUp(...script);
			await expect(collect(spaceport.stream(ask))).rejects.toMatchObject({ code: "generation" });
		},
	);

	test("white space before the first visible text is kept", async () => {
		const { spaceport } = setUp("\n", " a", stop);
		expect((await spaceport.complete(ask)).text).toBe("\n a");
	});

	test("one that the provider withheld is content-filtered", async () => {
		const { spaceport } = setUp({ type: "finish", finishReason: "content-filter" });
		await expect(spaceport.complete(ask)).rejects.toMatchObject({ code: "content-filtered" });
	});

	test("tool calls alone are an answer", async () => {
		const call: Chunk = { type: "tool-call", id: "1", name: "clock", arguments: "{}" };
		const { spaceport } = setUp(call, { type: "finish", finishReason: "tool-calls" });
		expect(await spaceport.complete(ask)).toMatchObject({ text: "", toolCalls: [call], finishReason: "tool-calls" });
	});
});

describe("a failure after content", () => {
	test("is stream-interrupted with the text so far and the cause", async () => {
		const failure = new NetworkError("connection reset", { phase: "stream" });
		const { spaceport } = setUp("half an ", "answer", { fail: failure });
		const stream = spaceport.stream(ask);
		const pieces: string[] = [];
		const error = await (async () => {
			for await (const piece of stream.textStream) pieces.push(piece);
		})().catch((thrown: unknown) => thrown);
		expect(pieces.join("")).toBe("half an answer");
		expect(isSpaceportError(error, "stream-interrupted") && error.textSoFar).toBe("half an answer");
		expect(error).toMatchObject({ cause: failure, provider: "p", attempt: 1 });
	});

	test("a mistake in the provider's code is its cause", async () => {
		const { spaceport } = setUp("a", { fail: new TypeError("x is not a function") });
		await expect(spaceport.complete(ask)).rejects.toMatchObject({ code: "stream-interrupted", cause: { code: "provider-failed" } });
	});

	test("something that is no chunk is the provider's mistake", async () => {
		for (const odd of [42, null, {}, { type: "text" }, { type: "text-delta" }, { type: "toString" }]) {
			const provider = {
				name: "odd",
				models: [],
				async *createAsyncGenerator() {
					yield odd as never;
				},
			};
			const spaceport = createSpaceport({ providers: [provider] });
			await expect(spaceport.complete(ask), JSON.stringify(odd)).rejects.toMatchObject({ code: "provider-failed" });
		}
	});
});
