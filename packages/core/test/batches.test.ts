import { type AsyncGeneratorProvider, type Chunk, createChain, createSpaceport, type SpaceportEvent } from "@spaceport/core";
import { describe, expect, test } from "vitest";

type Value = Chunk | string;
type Step = readonly Value[] | (() => void | Promise<void>);

const batchesKey = Symbol.for("spaceport.batches");
const stop: Chunk = { type: "finish", finishReason: "stop" };
const ask = { messages: "Hello?" };

/** A provider that hands its chunks on in the batches that it is given, as those over Spaces do, and tells how it ended. */
function batched(...steps: readonly Step[]): { provider: AsyncGeneratorProvider; state: { taken: number; left: boolean } } {
	const state = { taken: 0, left: false };
	async function* batches(): AsyncGenerator<readonly Value[], void, void> {
		try {
			for (const step of steps) {
				if (typeof step === "function") await step();
				else {
					state.taken += 1;
					yield step;
				}
			}
		} finally {
			state.left = true;
		}
	}
	const provider: AsyncGeneratorProvider = {
		name: "batched",
		models: [{ id: "m" }],
		createAsyncGenerator: () => Object.defineProperty((async function* (): AsyncGenerator<Value> {})(), batchesKey, { value: batches() }),
	};
	return { provider, state };
}

function spaceportWith(provider: AsyncGeneratorProvider, onEvent?: (event: SpaceportEvent) => void) {
	const inner = createChain({ name: "inner", providers: [provider] });
	return createSpaceport({
		providers: [provider],
		chains: [inner, createChain({ name: "outer", providers: [inner] })],
		retry: { retries: 0 },
		...(onEvent && { onEvent }),
	});
}

const delta = (text: string): Chunk => ({ type: "text-delta", text });

describe.each(["batched", "inner", "outer"])("chunks that came together, asked of %s", (model) => {
	test("are given one by one, in order, with nothing lost", async () => {
		const steps = [[{ type: "queue-update", position: 0 } as const, " ", "a", "", delta("b")], ["c"], [delta("d"), "e", stop, "never"]];
		const stream = spaceportWith(batched(...steps).provider).stream({ ...ask, model });
		expect(await Array.fromAsync(stream)).toEqual([
			{ type: "queue-update", position: 0 },
			...[" ", "a", "b", "c", "d", "e"].map(delta),
			stop,
		]);
		expect((await stream.completion).text).toBe(" abcde");
	});

	test("make the same text, whichever way it is asked for", async () => {
		const make = () => spaceportWith(batched(["a ", "b\n"], ["c", " "], ["d", stop]).provider).stream({ ...ask, model });
		expect(await Array.fromAsync(make().textStream)).toEqual(["a", " b", "\nc", " d"]);
		expect((await make().completion).text).toBe("a b\nc d");
		const both = make();
		const [completion, texts] = await Promise.all([both.completion, Array.fromAsync(both.textStream)]);
		expect(texts.join("")).toBe(completion.text);
	});

	test("are given in turn to calls of next that do not wait for each other", async () => {
		const iterator = spaceportWith(batched(["a", "b"], ["c", "d", stop]).provider)
			.stream({ ...ask, model })
			[Symbol.asyncIterator]();
		const first = await iterator.next();
		const rest = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
		expect([first, ...rest].map(({ value }) => (value as Chunk | undefined)?.type)).toEqual([
			...Array(4).fill("text-delta"),
			"finish",
			undefined,
		]);
		expect([first, ...rest].map(({ value }) => (value as { text?: string } | undefined)?.text).join("")).toBe("abcd");
	});

	test("are seen by the observer each when it is given", async () => {
		const seen: string[] = [];
		const stream = spaceportWith(batched(["a", "b", "c", stop]).provider).stream(
			{ ...ask, model },
			{ onChunk: (chunk) => void seen.push(chunk.type === "text-delta" ? chunk.text : chunk.type) },
		);
		for await (const chunk of stream) {
			seen.push("read");
			if (chunk.type === "text-delta" && chunk.text === "b") expect(seen).toEqual(["a", "read", "b", "read"]);
		}
		expect(seen).toEqual(["a", "read", "b", "read", "c", "read", "finish", "read"]);
	});

	test("end when the caller aborts: what was not read yet is not given", async () => {
		const { provider, state } = batched(["a", "b", "c", stop]);
		const controller = new AbortController();
		const texts: string[] = [];
		const stream = spaceportWith(provider).stream({ ...ask, model }, { signal: controller.signal });
		const reading = (async () => {
			for await (const text of stream.textStream) {
				texts.push(text);
				if (texts.length === 2) controller.abort();
			}
		})();
		await expect(reading).rejects.toMatchObject({ code: "aborted" });
		await expect(stream.completion).rejects.toMatchObject({ code: "aborted" });
		expect(texts).toEqual(["a", "b"]);
		expect(state.left).toBe(true);
	});

	test("are left in the midst of them: the provider's finally runs, and the attempt has not answered", async () => {
		const events: SpaceportEvent[] = [];
		const { provider, state } = batched(["a", "b", stop]);
		const stream = spaceportWith(provider, (event) => void events.push(event)).stream({ ...ask, model });
		for await (const _ of stream.textStream) break;
		await expect(stream.completion).rejects.toMatchObject({ code: "aborted" });
		expect(state.left).toBe(true);
		expect(events.find(({ type }) => type === "attempt-end")).toMatchObject({ decision: "fail", error: { code: "aborted" } });
	});

	test("end when the caller aborts before the first of them is given: no other one is", async () => {
		const { provider, state } = batched(["a", "b", "c"], ["d", stop]);
		const controller = new AbortController();
		const spaceport = spaceportWith(provider, ({ type }) => type === "first-chunk" && controller.abort());
		const texts: string[] = [];
		const reading = (async () => {
			for await (const text of spaceport.stream({ ...ask, model }, { signal: controller.signal }).textStream) texts.push(text);
		})();
		await expect(reading).rejects.toMatchObject({ code: "aborted" });
		expect(texts).toEqual(["a"]);
		expect(state).toEqual({ taken: 1, left: true });
	});

	test("are in order where the reading begins with the first that was seen", async () => {
		const texts: string[] = [];
		let begun = false;
		let reading: Promise<void> | undefined;
		const read = async (): Promise<void> => {
			for await (const text of stream.textStream) texts.push(text);
		};
		const onChunk = (): void => {
			if (begun) return;
			begun = true;
			reading = read();
		};
		const stream = spaceportWith(batched(["a", "b", "c"], ["d", stop]).provider).stream({ ...ask, model }, { onChunk });
		expect((await stream.completion).text).toBe("abcd");
		await reading;
		expect(texts).toEqual(["a", "b", "c", "d"]);
	});

	test("are in order where the next one is asked for while one is seen", async () => {
		const asked: Promise<IteratorResult<string>>[] = [];
		const onChunk = (chunk: Chunk): void => {
			if (chunk.type === "text-delta" && chunk.text === "b") asked.push(iterator.next());
		};
		const iterator = spaceportWith(batched([delta("a"), delta("b"), delta(" "), delta("c"), stop]).provider)
			.stream({ ...ask, model }, { onChunk })
			.textStream[Symbol.asyncIterator]();
		const texts = [await iterator.next(), await iterator.next(), await asked[0]].map((result) => result?.value);
		expect(texts).toEqual(["a", "b", " c"]);
	});

	test("are given before the failure that comes with them", async () => {
		const broken = { type: "nonsense" } as unknown as Chunk;
		const texts: string[] = [];
		const stream = spaceportWith(batched(["a", "b", broken, "c"]).provider).stream({ ...ask, model });
		await expect(
			(async () => {
				for await (const text of stream.textStream) texts.push(text);
			})(),
		).rejects.toMatchObject({ code: "stream-interrupted", textSoFar: "ab", cause: { code: "provider-failed" } });
		expect(texts).toEqual(["a", "b"]);
	});

	test("do not run ahead of the reader: the next ones are asked for when these are read", async () => {
		const { provider, state } = batched(["a", "b"], ["c", stop]);
		const iterator = spaceportWith(provider)
			.stream({ ...ask, model })
			[Symbol.asyncIterator]();
		await iterator.next();
		await iterator.next();
		await new Promise((resolve) => setImmediate(resolve));
		expect(state.taken).toBe(1);
		await iterator.next();
		expect(state.taken).toBe(2);
		await iterator.return?.();
	});
});

test.each([
	[
		["a", "b", "c"],
		["d", stop],
	],
	[["a", "b", stop]],
	[["a", "b", { type: "nonsense" } as unknown as Chunk]],
])("chunks that came together end when the caller of a chain that is asked directly aborts (%j)", async (...steps: Value[][]) => {
	const { provider, state } = batched(...steps);
	const controller = new AbortController();
	const { signal } = controller;
	const chunks: Chunk[] = [];
	const chain = createChain({ name: "direct", providers: [provider] });
	const reading = (async () => {
		for await (const chunk of chain.createAsyncGenerator({ model: "", messages: [{ role: "user", content: "Hello?" }] }, { signal })) {
			chunks.push(chunk);
			if (chunks.length === 2) controller.abort();
		}
	})();
	await expect(reading).rejects.toMatchObject({ code: "aborted" });
	expect(chunks).toEqual([delta("a"), delta("b")]);
	expect(state).toEqual({ taken: 1, left: true });
});

test("a batch of a failed attempt is not shown where somebody else is asked", async () => {
	const { provider } = batched([" ", "\n"], () => {
		throw new Error("broken");
	});
	const other: AsyncGeneratorProvider = {
		name: "other",
		models: [{ id: "m" }],
		async *createAsyncGenerator() {
			yield "whole";
		},
	};
	const spaceport = createSpaceport({ providers: [provider, other], chains: { both: ["batched", "other"] }, retry: { retries: 0 } });
	expect((await spaceport.complete({ ...ask, model: "both" })).text).toBe("whole");
});
