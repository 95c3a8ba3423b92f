import type { Chunk, ProviderRequest } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type Batches, batchesOf, batchesWith, follow, group, through } from "../src/chain/batches.ts";
import { createChunkOutbox } from "../src/chain/chunk-outbox.ts";
import { createHandedOut } from "../src/chain/handed-out.ts";
import { isContent } from "../src/chain/is-content.ts";
import { createLinkedController } from "../src/chain/linked-controller.ts";
import { mayLack } from "../src/chain/may-lack.ts";
import { normalizeChunk } from "../src/chain/normalize-chunk.ts";
import { emptyAnswer, primeStream } from "../src/chain/prime-stream.ts";
import { wait } from "../src/chain/wait.ts";
import { createWatchdog } from "../src/chain/watchdog.ts";
import { createTextPieces } from "../src/consume/text-pieces.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("a watchdog", () => {
	function guarded() {
		const at: number[] = [];
		const started = performance.now();
		const watchdog = createWatchdog(() => at.push(performance.now() - started));
		return { watchdog, at };
	}

	test("barks once, when the time has passed", () => {
		const { watchdog, at } = guarded();
		watchdog.watch(100);
		vi.advanceTimersByTime(99);
		expect(at).toEqual([]);
		vi.advanceTimersByTime(1000);
		expect(at).toEqual([100]);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("begins anew with each watch, and keeps its one timer where the new time is later", () => {
		const { watchdog, at } = guarded();
		const set = vi.fn(globalThis.setTimeout);
		vi.stubGlobal("setTimeout", set);
		watchdog.watch(100);
		for (let moved = 0; moved < 5; moved++) {
			vi.advanceTimersByTime(10);
			watchdog.watch(100);
		}
		expect(set).toHaveBeenCalledTimes(1);
		vi.advanceTimersByTime(99);
		expect(at).toEqual([]);
		vi.advanceTimersByTime(1);
		expect(at).toEqual([150]);
		vi.unstubAllGlobals();
	});

	test("barks sooner where the new time is sooner", () => {
		const { watchdog, at } = guarded();
		watchdog.watch(1000);
		watchdog.watch(100);
		expect(vi.getTimerCount()).toBe(1);
		vi.advanceTimersByTime(2000);
		expect(at).toEqual([100]);
	});

	test("rests until it watches again", () => {
		const { watchdog, at } = guarded();
		watchdog.watch(100);
		watchdog.rest();
		vi.advanceTimersByTime(500);
		expect(at).toEqual([]);
		watchdog.watch(100);
		watchdog.watch(Infinity);
		vi.advanceTimersByTime(500);
		expect(at).toEqual([]);
		watchdog.watch(100);
		vi.advanceTimersByTime(100);
		expect(at).toEqual([1100]);
	});

	test("keeps no timer once it is stopped, and none for ever", () => {
		const { watchdog, at } = guarded();
		watchdog.watch(Infinity);
		expect(vi.getTimerCount()).toBe(0);
		watchdog.watch(100);
		watchdog.stop();
		expect(vi.getTimerCount()).toBe(0);
		watchdog.stop();
		watchdog.watch(50);
		vi.advanceTimersByTime(60);
		expect(at).toEqual([50]);
	});

	test("waits longer than a timer can", () => {
		const { watchdog, at } = guarded();
		watchdog.watch(2 ** 31 + 1000);
		vi.advanceTimersByTime(2 ** 31 + 999);
		expect(at).toEqual([]);
		vi.advanceTimersByTime(1);
		expect(at).toEqual([2 ** 31 + 1000]);
	});

	test("takes a time that is past for now", () => {
		const { watchdog, at } = guarded();
		watchdog.watch(-5);
		vi.advanceTimersByTime(0);
		expect(at).toEqual([0]);
	});
});

describe("a wait", () => {
	test("ends when the time has passed, and leaves no listener behind", async () => {
		const { signal } = new AbortController();
		const removed = vi.spyOn(signal, "removeEventListener");
		let done = false;
		void wait(100, signal).then(() => {
			done = true;
		});
		await vi.advanceTimersByTimeAsync(99);
		expect(done).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		expect(done).toBe(true);
		expect(removed).toHaveBeenCalledExactlyOnceWith("abort", expect.any(Function));
	});

	test("ends in the signal's reason, at once, and leaves no timer behind", async () => {
		const controller = new AbortController();
		const waiting = wait(100, controller.signal);
		controller.abort("enough");
		await expect(waiting).rejects.toBe("enough");
		expect(vi.getTimerCount()).toBe(0);
		await expect(wait(100, controller.signal)).rejects.toBe("enough");
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("a controller below a signal", () => {
	test("aborts with it, for its reason, unless it was let go", () => {
		const above = new AbortController();
		const [kept, freed] = [createLinkedController(above.signal), createLinkedController(above.signal)];
		freed.unlink();
		above.abort("enough");
		expect(kept.controller.signal.reason).toBe("enough");
		expect(freed.controller.signal.aborted).toBe(false);
		const late = createLinkedController(above.signal);
		expect(late.controller.signal.reason).toBe("enough");
		late.unlink();
	});

	test("may have none above, and does not abort what is above", () => {
		const { controller, unlink } = createLinkedController(undefined);
		unlink();
		expect(controller.signal.aborted).toBe(false);
		const above = new AbortController();
		createLinkedController(above.signal).controller.abort();
		expect(above.signal.aborted).toBe(false);
	});
});

const chunks: { readonly [Type in Chunk["type"]]: readonly [chunk: Record<string, unknown>, content: boolean] } = {
	"text-delta": [{ text: "a" }, true],
	"reasoning-delta": [{ text: "a" }, true],
	"text-replace": [{ text: "a" }, true],
	"tool-call-delta": [{ id: "1", argumentsDelta: "{" }, true],
	"tool-call": [{ id: "1", name: "f", arguments: "{}" }, true],
	image: [{ url: "https://host/a.png" }, true],
	"queue-update": [{ position: 1 }, false],
	progress: [{ done: 1 }, false],
	log: [{ level: "info", text: "a" }, false],
	seam: [{ from: "a", to: "b" }, true],
	usage: [{ source: "provider" }, false],
	finish: [{ finishReason: "stop" }, false],
};

describe.each(Object.entries(chunks))("a chunk of the type %s", (type, [members, content]) => {
	const chunk = { type, ...members } as unknown as Chunk;

	test("is one, is content or is not, and is none without its texts", () => {
		expect(normalizeChunk(chunk)).toBe(chunk);
		expect(isContent(chunk)).toBe(content);
		for (const [name, value] of Object.entries(members)) {
			if (typeof value !== "string" || ["url", "from", "to"].includes(name)) continue;
			expect(() => normalizeChunk({ ...chunk, [name]: 5 } as never)).toThrow("which is no chunk");
			expect(() => normalizeChunk({ ...chunk, [name]: undefined } as never)).toThrow("which is no chunk");
		}
	});
});

describe("what a provider yields", () => {
	test("may be a bare text", () => {
		expect(normalizeChunk("a")).toEqual({ type: "text-delta", text: "a" });
		expect(normalizeChunk("")).toEqual({ type: "text-delta", text: "" });
	});

	test.each([undefined, null, 5, {}, { type: "other" }, { type: "toString" }, { type: 5 }, ["a"]])("%j is no chunk", (value) => {
		expect(() => normalizeChunk(value as never)).toThrow(
			expect.objectContaining({ code: "provider-failed", hint: expect.stringContaining("yields strings, or objects") }),
		);
	});

	test.each([
		[{ type: "text-delta", text: " \n" }, false],
		[{ type: "text-replace", text: "\t" }, false],
		[{ type: "text-replace", text: " a" }, true],
		[{ type: "reasoning-delta", text: "" }, false],
		[{ type: "reasoning-delta", text: " " }, true],
	] as const)("%j is content: %s", (chunk, content) => {
		expect(isContent(chunk)).toBe(content);
	});
});

describe("an outbox", () => {
	const log = (text: string): Chunk => ({ type: "log", level: "info", text });

	test("hands on what is there at once, in order, and ends when it is closed", async () => {
		const outbox = createChunkOutbox();
		const batches = outbox.read();
		outbox.push(log("a"));
		outbox.push(log("b"));
		await expect(batches.next()).resolves.toEqual({ done: false, value: [log("a"), log("b")] });
		const waiting = batches.next();
		outbox.push(log("c"));
		outbox.push(log("d"));
		await expect(waiting).resolves.toEqual({ done: false, value: [log("c")] });
		outbox.close();
		await expect(batches.next()).resolves.toEqual({ done: false, value: [log("d")] });
		await expect(batches.next()).resolves.toEqual({ done: true, value: undefined });
	});

	test("that is closed while somebody waits wakes them, and no sooner", async () => {
		const outbox = createChunkOutbox();
		let woken = false;
		const waiting = outbox
			.read()
			.next()
			.finally(() => {
				woken = true;
			});
		await vi.advanceTimersByTimeAsync(10);
		expect(woken).toBe(false);
		outbox.close();
		await expect(waiting).resolves.toEqual({ done: true, value: undefined });
	});
});

describe("batches that pass through stages", () => {
	/** Batches that count who asks for them how. */
	function counted(count: number): { batches: Batches<number>; asked: { again: number; pulls: number } } {
		const asked = { again: 0, pulls: 0 };
		let at = 0;
		const batches = batchesWith<number>((taker) => {
			asked.pulls += 1;
			const more = (): void => {
				asked.again += 1;
				at += 1;
				if (at <= count) taker.take([at], more);
				else taker.end();
			};
			more();
		});
		return { batches, asked };
	}
	async function* inBetween(batches: Batches<number>): AsyncGenerator<number[] | Batches<number>, void, void> {
		yield [0];
		yield batches;
		yield [-1];
	}

	test("are asked for where they are made, and not stage by stage", async () => {
		const { batches, asked } = counted(5);
		const seen: number[] = [];
		const stages = through(follow(inBetween(batches)), (batch) => batch.filter((item) => item !== 3), [9]);
		await new Promise<void>((end, fail) => {
			const take = (batch: number[], more: () => void): void => {
				seen.push(...batch);
				more();
			};
			stages.pull?.({ take, end, fail });
		});
		expect(seen).toEqual([9, 0, 1, 2, 4, 5, -1]);
		expect(asked).toEqual({ again: 6, pulls: 1 });
	});

	test("go to whoever asked last", async () => {
		const { batches } = counted(3);
		const stages = through(follow(inBetween(batches)), (batch) => batch, [9]);
		const mine: number[][] = [];
		let more = (): void => stages.pull?.({ take: onBatch, end: () => {}, fail: () => {} });
		let taken = Promise.withResolvers<void>();
		const onBatch = (batch: number[], next: () => void): void => {
			mine.push(batch);
			more = next;
			taken.resolve();
		};
		for (const _ of [9, 0, 1]) {
			taken = Promise.withResolvers();
			more();
			await taken.promise;
		}
		expect(await stages.next()).toEqual({ done: false, value: [2] });
		expect(await Array.fromAsync(stages)).toEqual([[3], [-1]]);
		expect(mine).toEqual([[9], [0], [1]]);
	});
});

test("a text that grows is all of its pieces, however many, from the last replacement on", () => {
	const pieces = Array.from({ length: 1000 }, (_, index) => `${index} `);
	const text = createTextPieces();
	expect(text.text()).toBe("");
	for (const [index, piece] of pieces.entries()) {
		text.add(piece);
		if (index % 300 === 0) expect(text.text()).toBe(pieces.slice(0, index + 1).join(""));
	}
	expect(text.text()).toBe(pieces.join(""));
	text.replace("anew: ");
	text.add("a");
	expect(text.text()).toBe("anew: a");
	text.add("b");
	text.replace("");
	expect(text.text()).toBe("");
});

describe("up to the first content", () => {
	async function prime(...batches: Chunk[][]) {
		const shown: Chunk[] = [];
		async function* left(): AsyncGenerator<Chunk[], void, void> {
			for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) yield batch;
		}
		const stream = follow<Chunk>(left());
		return { shown, held: await primeStream(stream, (chunk) => shown.push(chunk), isContent), left: batches };
	}
	const text = (words: string): Chunk => ({ type: "text-delta", text: words });
	const status: Chunk[] = [
		{ type: "log", level: "info", text: "a" },
		{ type: "queue-update", position: 1 } as Chunk,
		{ type: "progress" } as Chunk,
	];
	const usage = { type: "usage", source: "provider" } as Chunk;

	test("status is shown, the rest is held, with all that came with the content", async () => {
		const { shown, held, left } = await prime(status, [text(" "), usage], [text("a"), text("b"), status[0] as Chunk], [text("c")]);
		expect(shown).toEqual(status);
		expect(held).toEqual([text(" "), usage, text("a"), text("b"), status[0]]);
		expect(left).toHaveLength(1);
	});

	test("an end is an empty answer", async () => {
		await expect(prime([text(" ")])).rejects.toMatchObject({ code: "generation", title: "empty answer" });
		await expect(prime([{ type: "finish", finishReason: "stop" }])).rejects.toMatchObject({ code: "generation" });
		expect(emptyAnswer({ type: "finish", finishReason: "content-filter" })).toMatchObject({
			code: "content-filtered",
			reason: "content-filter",
			message: "The provider withheld the answer.",
		});
		expect(emptyAnswer({ type: "finish", finishReason: "stop" })).toMatchObject({
			message: "The provider ended without an answer: nothing but white space came.",
		});
	});
});

describe("what was handed out", () => {
	const made = (holdsCalls = true) => {
		const [used, finished] = [vi.fn(), vi.fn()];
		return { used, finished, handed: createHandedOut({ holdsCalls, onUsage: used, onFinish: finished }) };
	};
	const text = (words: string): Chunk => ({ type: "text-delta", text: words });

	test("is empty until something is, and final with a call or an image", () => {
		const { handed } = made();
		expect(handed).toMatchObject({ isEmpty: true, isFinal: false });
		handed.pass([text("a")]);
		expect(handed).toMatchObject({ isEmpty: false, isFinal: false });
		handed.pass([{ type: "image", url: "https://host/a.png" } as unknown as Chunk]);
		expect(handed.isFinal).toBe(true);
		const other = made().handed;
		other.pass([{ type: "tool-call", id: "1", name: "f", arguments: "{}" }]);
		expect(other.isFinal).toBe(true);
	});

	test("is text, in whole characters, and the batch itself where nothing is to be done", () => {
		const { handed } = made();
		const batch = [text("a"), text("b")];
		expect(handed.pass(batch)).toBe(batch);
		expect(handed.text()).toBe("ab");
		const [first, second] = ["🙂".charAt(0), "🙂".charAt(1)];
		expect(handed.pass([text(`c${first}`)])).toEqual([text("c")]);
		expect(handed.text()).toBe("abc");
		expect(handed.pass([text(first)])).toEqual([text(first)]);
		expect(handed.pass([text(second), text("d")])).toEqual([text("🙂"), text("d")]);
		expect(handed.pass([text(first)])).toEqual([]);
		handed.drop();
		expect(handed.pass([text("e")])).toEqual([text("e")]);
	});

	test("has half a character that is the last one", () => {
		const { handed, finished } = made();
		const half = "🙂".charAt(0);
		handed.pass([text(`a${half}`)]);
		const finish: Chunk = { type: "finish", finishReason: "stop" };
		expect(handed.pass([finish])).toEqual([text(half), finish]);
		expect(handed.text()).toBe(`a${half}`);
		expect(finished).toHaveBeenCalledExactlyOnceWith(finish);
	});

	test("is what it was replaced by", () => {
		const { handed } = made();
		handed.pass([text("ab")]);
		expect(handed.pass([{ type: "text-replace", text: "x🙂".slice(0, 2) }])).toEqual([{ type: "text-replace", text: "x" }]);
		expect(handed.pass([{ type: "text-replace", text: "y" }])).toEqual([{ type: "text-replace", text: "y" }]);
		expect(handed.text()).toBe("y");
		handed.pass([{ type: "seam", how: "continue" } as Chunk]);
		expect(handed.text()).toBe("y");
		handed.pass([{ type: "seam", how: "restart" } as Chunk]);
		expect(handed.text()).toBe("");
	});

	test("has calls only when they are whole, where they are held", () => {
		const piece = (id: string): Chunk => ({ type: "tool-call-delta", id, argumentsDelta: "{" }) as Chunk;
		const call = (id: string): Chunk => ({ type: "tool-call", id, name: "f", arguments: "{}" });
		const { handed, used } = made();
		expect(handed.pass([piece("1"), piece("2"), piece("1")])).toEqual([]);
		expect(handed.pass([call("1")])).toEqual([piece("1"), piece("1"), call("1")]);
		expect(handed.pass([call("2")])).toEqual([piece("2"), call("2")]);
		handed.pass([piece("3")]);
		expect(handed.pass([{ type: "finish", finishReason: "stop" }])).toEqual([piece("3"), { type: "finish", finishReason: "stop" }]);
		handed.pass([piece("4")]);
		handed.drop();
		expect(handed.pass([call("4")])).toEqual([call("4")]);
		const usage = { type: "usage", source: "provider" } as Chunk;
		expect(handed.pass([usage])).toEqual([usage]);
		expect(used).toHaveBeenCalledExactlyOnceWith(usage);
		expect(made(false).handed.pass([piece("1")])).toEqual([piece("1")]);
	});
});

test("batches of one, and none for a generator that has none", async () => {
	async function* numbers() {
		yield 1;
		yield 2;
	}
	const got: number[][] = [];
	for await (const batch of group(numbers())) got.push(batch);
	expect(got).toEqual([[1], [2]]);
	expect(batchesOf(numbers())).toBeUndefined();
});

describe("whether a request may have what somebody lacks", () => {
	const request = { messages: [{ role: "user", content: "?" }] } as Omit<ProviderRequest, "model">;
	const who = (info: object, parameters?: readonly string[]) => {
		const provider = { ...createScriptedProvider({ scripts: [[]] }), ...(parameters && { parameters }) };
		return { name: "p", provider, model: "m", info: { id: "m", ...info } } as unknown as Parameters<typeof mayLack>[1];
	};
	const image = { role: "user", content: [{ type: "image" }] };
	const cases: readonly [more: object, whom: Parameters<typeof mayLack>[1], may: boolean][] = [
		[{}, who({}), false],
		[{ temperature: 1 }, who({}), false],
		[{ temperature: 1 }, who({ parameters: [] }), true],
		[{ temperature: 1 }, who({ parameters: ["temperature"] }), false],
		[{ temperature: 1 }, who({}, []), true],
		[{ temperature: 1 }, who({ parameters: ["temperature"] }, []), false],
		[{ metadata: {}, providerOptions: {}, model: "m" }, who({ parameters: [] }), false],
		[{ metadatas: {} }, who({ parameters: [] }), true],
		[{ tools: [] }, who({ tools: false }), true],
		[{ toolChoice: "none" }, who({ tools: false }), true],
		[{ tools: [] }, who({ tools: true }), false],
		[{ temperature: 1 }, who({ tools: false }), false],
		[{ messages: [...request.messages, ...request.messages] }, who({ history: false }), true],
		[{ messages: [...request.messages, ...request.messages] }, who({ history: true }), false],
		[{}, who({ history: false }), false],
		[{ messages: [...request.messages, image] }, who({ vision: false }), true],
		[{ messages: [image] }, who({ vision: true }), false],
		[{}, who({ vision: false }), false],
	];

	test.each(cases.map(([more, whom, may], index) => [index, more, whom, may] as const))("%d: %j", (_, more, whom, may) => {
		expect(mayLack({ ...request, ...more } as never, whom)).toBe(may);
	});
});
