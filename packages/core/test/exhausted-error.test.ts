import {
	type AttemptRecord,
	AuthenticationError,
	ChainExhaustedError,
	ContextLengthError,
	createSpaceport,
	GenerationError,
	type LeftOut,
	NetworkError,
	QuotaExceededError,
	RateLimitedError,
	SpaceContractError,
	type SpaceportError,
	SpaceUnavailableError,
	TimeoutError,
	UnsupportedError,
} from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import { exhaustedError } from "../src/chain/exhausted-error.ts";
import { inOneLine } from "../src/errors/in-one-line.ts";
import { when } from "../src/errors/when.ts";

const now = new Date(2026, 10, 26, 12, 0, 0).getTime();
const network = (message = "connection reset") => new NetworkError(message, { phase: "join" });
const limited = (retryAfterMs?: number) => new RateLimitedError("Too many requests.", { retryAfterMs });

function record(provider: string, error: SpaceportError, more: Partial<AttemptRecord> = {}): AttemptRecord {
	return { provider, model: "m", number: 1, error, decision: "fallback", startedAt: now - 1000, durationMs: 1000, ...more };
}

function exhausted(attempts: readonly AttemptRecord[], leftOut: readonly LeftOut[] = [], lastError?: SpaceportError): ChainExhaustedError {
	return exhaustedError("default", { attempts, leftOut, lastError: lastError ?? (attempts.at(-1)?.error as SpaceportError) }, now);
}

describe("the message", () => {
	test("has a line for each provider: how often, what was wrong, when again", () => {
		const attempts = [
			record("qwen-2-72b", limited(42_000)),
			record("groq", new TimeoutError('"groq" gave no content after 12000 ms.', { phase: "first-chunk", afterMs: 12_000 })),
			record("qwen-2-72b", new GenerationError("CUDA out of memory"), {}),
			record("qwen-2-72b", limited(42_000)),
			record("hf", new AuthenticationError("The token was refused.", { status: 401 })),
			record("small", network()),
			record("small", network()),
		];
		const leftOut = [
			{ provider: "phi", model: "m", reason: "rests after network: connection refused", retryAt: now + 12_500 },
			{ provider: "gone", model: "m", reason: "was taken out by hand", retryAt: Infinity },
		];
		const error = exhausted(attempts, leftOut);
		expect(error.message.split("\n")).toEqual([
			'No provider of the chain "default" could answer:',
			"- qwen-2-72b, asked 3 times: rate-limited: Too many requests. (before: generation) Again in 42 s.",
			'- groq, asked once: timeout: "groq" gave no content after 12000 ms.',
			"- hf, asked once: authentication: The token was refused. Not before its key is changed.",
			"- small, asked twice: network: connection reset.",
			"- phi, not asked: rests after network: connection refused. Again in 13 s.",
			"- gone, not asked: was taken out by hand.",
		]);
		expect(error).toMatchObject({
			retryAfterMs: 12_500,
			attempts,
			leftOut,
			lastError: attempts.at(-1)?.error,
			hint: 'Ask again in 13 s. Look after the key of "hf".',
		});
		expect(error.toJSON()).toMatchObject({ retryAfterMs: 12_500, leftOut: [{ provider: "phi" }, { provider: "gone" }] });
	});

	test("tells models of one provider apart, and only then", () => {
		const of = (provider: string, model: string): AttemptRecord => record(provider, network(), { model });
		expect(
			exhausted([of("a", "x"), of("a", "y"), of("b", "")])
				.message.split("\n")
				.slice(1),
		).toEqual([
			"- a:x, asked once: network: connection reset.",
			"- a:y, asked once: network: connection reset.",
			"- b, asked once: network: connection reset.",
		]);
	});

	test.each<[SpaceportError, string | undefined]>([
		[new SpaceUnavailableError("It sleeps.", { stage: "sleeping" }), "Once it is awake."],
		[new SpaceUnavailableError("It is gone.", { stage: "gone" }), "Not before its owner brings it back."],
		[new SpaceUnavailableError("Who knows.", { stage: "unknown" }), undefined],
		[new SpaceContractError("It changed.", { expected: "a", found: "b" }), "Not before the provider is brought in line with its Space."],
		[new ContextLengthError("Too long.", { limit: 1, requested: 2 }), "Not for a conversation of this length."],
		[new QuotaExceededError("Used up.", { retryAfterMs: 5 * 3_600_000 }), "Again at 17:00."],
		[new QuotaExceededError("Used up.", { retryAfterMs: 24 * 3_600_000 }), "Again on 2026-11-27 at 12:00."],
		[limited(0), "Again now."],
		[limited(), undefined],
	])("says of %s when it is worth asking again", (error, again) => {
		expect(exhausted([record("a", error)]).message.split("\n")[1]).toBe(
			`- a, asked once: ${error.code}: ${error.message}${again === undefined ? "" : ` ${again}`}`,
		);
	});

	test("where nobody was asked", () => {
		const leftOut = [{ provider: "a", model: "m", reason: "rests", retryAt: now + 4000 }];
		const error = exhausted([], leftOut, network());
		expect(error.message).toBe('No provider of the chain "default" could be asked:\n- a, not asked: rests. Again in 4 s.');
		expect(error.retryAfterMs).toBe(4000);
	});

	test("one who was asked and rests since is told of once, with the time of its rest", () => {
		const leftOut = [{ provider: "a", model: "m", reason: "rests", retryAt: now + 3000 }];
		expect(
			exhausted([record("a", network())], leftOut)
				.message.split("\n")
				.slice(1),
		).toEqual(["- a, asked once: network: connection reset. Again in 3 s."]);
	});

	test("has whom a chain in the chain passed over", () => {
		const inner = exhausted([record("b", network())], [{ provider: "c", model: "m", reason: "rests" }]);
		expect(exhausted([record("b", network())], [], inner)).toMatchObject({
			leftOut: [{ provider: "c" }],
			message: expect.stringMatching(/\n- c, not asked: rests\.$/),
		});
	});
});

test("one who said no time rests all the same", () => {
	const attempts = [record("a", network()), record("b", limited(60_000)), record("c", new AuthenticationError("no", { status: 401 }))];
	const rests = ["a", "b", "c"].map((provider) => ({ provider, model: "m", until: provider === "c" ? Infinity : now + 3000 }));
	const error = exhaustedError("default", { attempts, leftOut: [], rests, lastError: network() }, now);
	expect(error.message.split("\n").slice(1)).toEqual([
		"- a, asked once: network: connection reset. Again in 3 s.",
		"- b, asked once: rate-limited: Too many requests. Again in 60 s.",
		"- c, asked once: authentication: no. Not before its key is changed.",
	]);
	expect(error.retryAfterMs).toBe(3000);
	expect(error.hint).toBe('Ask again in 3 s. Look after the key of "c".');
	const guessed = (hint?: string) =>
		exhaustedError(
			"default",
			{ ...error, attempts: [record("a", new GenerationError("no"))], leftOut: [], rests, lastError: new GenerationError("no", { hint }) },
			now,
		).hint;
	expect([guessed(), guessed("Do y.")]).toEqual(["Ask again in 3 s.", "Do y."]);
});

describe("what a provider says cannot break the message", () => {
	test.each([
		["line ends", "a\r\nb\u2028c\n- d, asked once", "a b c - d, asked once."],
		["control characters", "a\u0000\u0007b\u001b[31mred\u001b[0m\u001b]0;title\u0007!", "a bred!"],
		["what turns the direction", "safe\u202eevil\u2066x", "safe evil x."],
		["half a character", "x\ud83d", "x."],
		["nothing at all", "\n", "It gave no reason."],
	])("%s", (_, message, shown) => {
		const lines = exhausted([record("a\nb", network(message))]).message.split("\n");
		expect(lines).toEqual(['No provider of the chain "default" could answer:', `- a b, asked once: network: ${shown}`]);
	});

	test("ten megabytes", () => {
		const error = network("x");
		error.message = "🙂".repeat(5_000_000);
		const started = performance.now();
		const { message } = exhausted([record("a", error)]);
		expect([...message].length).toBeLessThan(300);
		expect(message).toMatch(/🙂…\.?$/u);
		expect(message.isWellFormed()).toBe(true);
		expect(performance.now() - started).toBeLessThan(1000);
	});

	test.each([undefined, null, 5, { toString: () => "words" }, Symbol("words")])("no text at all: %s", (message) => {
		const error = network("x");
		Object.defineProperty(error, "message", { value: message });
		expect(exhausted([record("a", error)]).message).toMatch(/\n- a, asked once: network: It gave no reason\.$/);
	});

	test.each([1e300, Infinity, Number.NaN, -5])("a wait that is none: %s", (retryAfterMs) => {
		const error = exhausted([record("a", limited(retryAfterMs))]);
		expect(error.message).toMatch(retryAfterMs === -5 ? /Again now\.$/ : /Too many requests\.$/);
		expect(error.retryAfterMs).toBe(retryAfterMs === -5 ? 0 : undefined);
	});

	test("a secret", () => {
		const error = network("x");
		error.message = "refused hf_abcdefghijklmnop at https://me:pass@host/";
		expect(exhausted([record("a", error)]).message).not.toMatch(/hf_abc|pass/);
	});
});

test("a hundred providers are told of in fifty lines", () => {
	const lines = exhausted(Array.from({ length: 100 }, (_, index) => record(`p${index}`, network()))).message.split("\n");
	expect(lines).toHaveLength(52);
	expect(lines.at(-1)).toBe("- and 50 more, in attempts and leftOut.");
});

describe("the hint", () => {
	test.each<[string, readonly AttemptRecord[], string | undefined]>([
		[
			"the network, where nobody is reached",
			[record("a", network()), record("b", network())],
			"Look whether this machine reaches the network.",
		],
		["to wait", [record("a", network()), record("b", limited(90_000))], "Ask again in 90 s."],
		["not to wait for hours, but what the last error says", [record("b", limited(5 * 3_600_000))], undefined],
		[
			"what the last error says",
			[record("a", network()), record("b", new UnsupportedError("no", { capability: "x", hint: "Do y." }))],
			"Do y.",
		],
		[
			"the keys",
			[record("a", new AuthenticationError("no", { status: 401 })), record("b", new AuthenticationError("no", { status: 401 }))],
			'Look after the keys of "a" and "b".',
		],
	])("is %s", (_, attempts, hint) => {
		expect(exhausted(attempts).hint).toBe(hint);
	});
});

test("a chain ends in it", async () => {
	const fail = { fail: limited(600_000) };
	const spaceport = createSpaceport({
		providers: { mine: createScriptedProvider({ scripts: [[fail]] }), yours: createScriptedProvider({ scripts: [[fail]] }) },
		chains: { default: ["mine", "yours"] },
	});
	const error = await spaceport.complete({ messages: "?" }).catch((thrown: unknown) => thrown);
	expect(error).toBeInstanceOf(ChainExhaustedError);
	expect((error as ChainExhaustedError).message).toMatch(
		/^No provider of the chain "default" could answer:\n- mine, asked once: rate-limited: Too many requests\. Again in 10 min\.\n- yours, /,
	);
});

describe("a text in one line", () => {
	test("is cut between characters, and says so", () => {
		expect(inOneLine("abcdef", 6)).toBe("abcdef");
		expect(inOneLine("abcdefg", 6)).toBe("abcde…");
		expect(inOneLine("🙂🙂🙂", 3)).toBe("🙂🙂🙂");
		expect(inOneLine("🙂🙂🙂🙂", 3)).toBe("🙂🙂…");
	});

	test("keeps what joins characters of one word or picture", () => {
		expect(inOneLine("👩‍💻 می‌خواهم")).toBe("👩‍💻 می‌خواهم");
	});
});

test.each([
	[-5, "now"],
	[0, "now"],
	[1, "in 1 s"],
	[90_001, "in 90 s"],
	[119_200, "in 120 s"],
	[120_000, "in 2 min"],
	[3_599_000, "in 60 min"],
	[3_600_000, "at 13:00"],
	[43_200_000, "on 2026-11-27 at 00:00"],
])("%d ms from now is %s", (ms, words) => {
	expect(when(now + ms, now)).toBe(words);
});

describe("a chain in the chain", () => {
	const left = (provider: string, model: string, reason: string): LeftOut => ({ provider, model, reason });

	test("tells of whom it passed over, but of nobody twice", () => {
		const inner = new ChainExhaustedError("inner", {
			attempts: [],
			lastError: network(),
			leftOut: [left("p", "m", "again"), left("p", "other", "rests"), left("q", "m", "rests")],
		});
		expect(exhausted([record("a", network())], [left("p", "m", "rests")], inner).leftOut).toEqual([
			left("p", "m", "rests"),
			left("p", "other", "rests"),
			left("q", "m", "rests"),
		]);
	});
});

describe("what there is to tell", () => {
	test("nobody at all", () => {
		const error = exhausted([], [], network());
		expect(error.message).toBe('No provider of the chain "default" could be asked.');
		expect(error.hint).toBeUndefined();
	});

	test("fifty are told of in fifty lines, without a word of more", () => {
		const attempts = Array.from({ length: 50 }, (_, index) => record(`p${index}`, network()));
		expect(exhausted(attempts).message.split("\n")).toHaveLength(51);
		expect(
			exhausted([...attempts, record("q", network())])
				.message.split("\n")
				.at(-1),
		).toMatch(/^- and 1 more/);
	});

	test("an attempt without an error does not hide the one before it, nor its own silence", () => {
		const { error: _, ...silent } = record("a", network());
		const { message } = exhausted([record("a", network()), silent, { ...silent, provider: "b" }], [], network());
		expect(message).toContain("- a, asked twice: network: connection reset.");
		expect(message).toContain("- b, not asked: nothing is known.");
	});

	test("all that went wrong before, each once", () => {
		const attempts = [record("a", network()), record("a", new GenerationError("failed")), record("a", network()), record("a", limited())];
		expect(exhausted(attempts).message).toContain("(before: network, generation)");
	});

	test("a provider without a model beside one of its models", () => {
		const leftOut = [
			{ provider: "p", model: "", reason: "rests" },
			{ provider: "p", model: "m", reason: "rests too" },
		];
		const { message } = exhausted([], leftOut, network());
		expect(message).toContain("- p, not asked: rests.");
		expect(message).toContain("- p:m, not asked: rests too.");
	});
});

describe("what helps", () => {
	const hint = "Leave the images out.";
	test.each([
		["unsupported", new UnsupportedError("no vision", { capability: "image", hint })],
		["context-length", new ContextLengthError("too long", { limit: 1, hint })],
	])("is to change the request where all fail by %s, and not to wait for a rest", (_, error) => {
		expect(exhausted([record("a", error)], [{ provider: "a", model: "m", reason: "rests", retryAt: now + 5000 }]).hint).toBe(hint);
	});

	test("is to wait for less than an hour", () => {
		expect(exhausted([record("a", limited(3_599_999))]).hint).toMatch(/^Ask again /);
		expect(exhausted([record("a", limited(3_600_000))]).hint ?? "").not.toMatch(/^Ask again /);
	});
});
