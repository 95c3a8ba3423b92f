import { type AsyncGeneratorProvider, createSpaceport, NetworkError, type SpaceportErrorCode } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";

const ask = { messages: "?" };
const second = () => createScriptedProvider({ name: "second", scripts: [["answer"]] });

function providerOf(createAsyncGenerator: () => unknown): AsyncGeneratorProvider {
	return { name: "odd", models: [], createAsyncGenerator: createAsyncGenerator as AsyncGeneratorProvider["createAsyncGenerator"] };
}

/** Asks the provider with another behind it. */
async function fallBack(provider: AsyncGeneratorProvider) {
	const spaceport = createSpaceport({ chains: { default: [provider, second()] }, limits: { concurrency: 1 }, retry: { retries: 0 } });
	const completion = await spaceport.complete(ask);
	return { text: completion.text, error: completion.attempts[0]?.error };
}

afterEach(() => {
	vi.useRealTimers();
});

describe("a provider that breaks the contract is left for the next one", () => {
	const hostile = {
		toString(): string {
			throw new Error("no words");
		},
	};

	const wrongs: readonly (readonly [string, () => unknown, RegExp])[] = [
		[
			"throws before it gives a generator",
			() => {
				throw new Error("at once");
			},
			/threw Error: at once/,
		],
		["gives nothing", () => undefined, /gave undefined, which is no async generator/],
		["gives a list", () => ["a"], /gave \["a"\], which is no async generator/],
		["gives a promise, since it is async without a star", async () => ["a"], /gave a promise.*function\*/],
		[
			"throws from next()",
			() => ({
				next(): never {
					throw new Error("in next");
				},
			}),
			/in next/,
		],
		[
			"throws undefined",
			() => {
				throw undefined;
			},
			/threw undefined/,
		],
		[
			"throws a plain object",
			() => {
				throw { status: 500 };
			},
			/threw \{"status":500\}/,
		],
		[
			"throws what has no words",
			() => {
				throw hostile;
			},
			/threw \{\}/,
		],
		[
			"throws a function without a prototype",
			() => {
				throw Object.create(null);
			},
			/threw \{\}/,
		],
	];

	test.each(wrongs)("%s", async (_, createAsyncGenerator, message) => {
		const { text, error } = await fallBack(providerOf(createAsyncGenerator));
		expect(text).toBe("answer");
		expect(error).toMatchObject({ code: "provider-failed", message: expect.stringMatching(message) });
	});

	test("a frozen error is met like any other", async () => {
		const failure = Object.freeze(new NetworkError("reset", { phase: "join" }));
		const { text, error } = await fallBack(createScriptedProvider({ name: "odd", scripts: [[{ fail: failure }]] }));
		expect([text, error]).toEqual(["answer", failure]);
	});

	test("an error of another version, whose code is not known here, is met by the next one", async () => {
		for (const code of ["from-the-future", "toString"]) {
			const failure = Object.assign(new Error("x"), { [Symbol.for("spaceport.error")]: true, code: code as SpaceportErrorCode });
			const { text } = await fallBack(createScriptedProvider({ name: "odd", scripts: [[{ fail: failure }]] }));
			expect(text).toBe("answer");
		}
	});
});

describe("however a provider ends", () => {
	const endings: readonly (readonly [string, () => unknown])[] = [
		["has no return()", () => ({ next: async () => ({ done: false, value: "x" }) })],
		[
			"throws from return()",
			() => ({
				next: async () => ({ done: false, value: "x" }),
				return(): never {
					throw new Error("in return");
				},
			}),
		],
		["gives no promises", () => ({ next: () => ({ done: false, value: "x" }), return: () => ({ done: true }) })],
		["gives no generator", () => 5],
	];

	test.each(endings)("no slot and no timer stays: it %s", async (_, createAsyncGenerator) => {
		vi.useFakeTimers();
		const spaceport = createSpaceport({ providers: [providerOf(createAsyncGenerator)], limits: { concurrency: 1, queueSize: 0 } });
		for (let turn = 0; turn < 2; turn += 1) {
			const reading = (async () => {
				for await (const chunk of spaceport.stream(ask)) return chunk;
				return undefined;
			})().catch((error: unknown) => error);
			await vi.runAllTimersAsync();
			expect(await reading).not.toMatchObject({ code: "limiter-full" });
			expect(vi.getTimerCount()).toBe(0);
		}
	});

	test("a finally that hangs is not waited for without end", async () => {
		vi.useFakeTimers();
		const provider = providerOf(async function* (): AsyncGenerator<unknown, void, void> {
			try {
				yield "answer";
				yield { type: "finish", finishReason: "stop" };
			} finally {
				await new Promise(() => {});
			}
		});
		const spaceport = createSpaceport({ providers: [provider] });
		const outcome = spaceport.complete(ask);
		await vi.runAllTimersAsync();
		expect((await outcome).text).toBe("answer");
		expect(vi.getTimerCount()).toBe(0);
	});

	test("a finally that throws or yields after finish changes nothing", async () => {
		const provider = providerOf(async function* (): AsyncGenerator<unknown, void, void> {
			try {
				yield "answer";
				yield { type: "finish", finishReason: "stop" };
			} finally {
				yield "late";
				// biome-ignore lint/correctness/noUnsafeFinally: it is what is tested
				throw new Error("late");
			}
		});
		expect((await createSpaceport({ providers: [provider] }).complete(ask)).text).toBe("answer");
	});
});
