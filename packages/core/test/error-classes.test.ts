import * as core from "@spaceport/core";
import { isSpaceportError, NetworkError, type SpaceportError, type SpaceportErrorCode } from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { abortedError } from "../src/errors/to-aborted-error.ts";
import { toSpaceportError } from "../src/errors/to-spaceport-error.ts";

const cause = new NetworkError("refused", { phase: "join" });

/** Each class with all of its own fields. */
const classes: { readonly [Code in SpaceportErrorCode]: readonly [name: keyof typeof core, own: Record<string, unknown>] } = {
	"invalid-request": ["InvalidRequestError", { path: "messages" }],
	"no-such-provider": ["NoSuchProviderError", { reference: "x", known: ["y"] }],
	"no-such-model": ["NoSuchModelError", { reference: "x", known: ["y"] }],
	unsupported: ["UnsupportedError", { feature: "tools" }],
	authentication: ["AuthenticationError", { status: 401 }],
	"rate-limited": ["RateLimitedError", { retryAfterMs: 5 }],
	"quota-exceeded": ["QuotaExceededError", { requestedS: 60, leftS: 2, retryAfterMs: 5 }],
	"limiter-full": ["LimiterFullError", { queueSize: 3 }],
	"queue-full": ["QueueFullError", { queueSize: 3, retryAfterMs: 5 }],
	"space-unavailable": ["SpaceUnavailableError", { stage: "paused" }],
	"space-contract": ["SpaceContractError", {}],
	"local-unavailable": ["LocalUnavailableError", { needed: "8 GB", available: "4 GB" }],
	network: ["NetworkError", { phase: "join" }],
	timeout: ["TimeoutError", { phase: "idle", afterMs: 5 }],
	protocol: ["ProtocolError", { protocol: "sse", sample: "data" }],
	generation: ["GenerationError", { title: "Error", detail: "out of memory" }],
	"context-length": ["ContextLengthError", { limit: 10, requested: 20 }],
	"content-filtered": ["ContentFilteredError", { reason: "violence" }],
	"stream-interrupted": ["StreamInterruptedError", { textSoFar: "so far" }],
	"provider-failed": ["ProviderFailedError", {}],
	aborted: ["AbortedError", { reason: "stop" }],
	"chain-exhausted": ["ChainExhaustedError", { attempts: [], lastError: cause, leftOut: [], retryAfterMs: 5 }],
};

const exported = new Map<string, unknown>(Object.entries(core));
const make = (name: keyof typeof core, options: object): SpaceportError =>
	new (exported.get(name) as new (message: string, options: object) => SpaceportError)("words", options);

describe.each(Object.entries(classes))("%s", (code, [name, own]) => {
	test("has its class's name, its code and its own fields", () => {
		const error = make(name, { ...own, provider: "p", attempt: 2, hint: "try", cause });
		expect(error).toMatchObject({ ...own, name, code, message: "words", provider: "p", attempt: 2, hint: "try", cause });
		expect(isSpaceportError(error, code as SpaceportErrorCode)).toBe(true);
	});

	test("has no secret in its own fields", () => {
		const secret = "hf_abcdefghijklmnop";
		const texts = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, typeof value === "string" ? secret : value]));
		expect(JSON.stringify(make(name, texts))).not.toContain(secret);
	});
});

test.each([
	["GenerationError", ["title", "detail"]],
	["ContentFilteredError", ["reason"]],
	["ProtocolError", ["sample"]],
	["NetworkError", ["hint", "provider", "attempt"]],
] as const)("%s has no field that is not set, and no secret in what others wrote", (name, fields) => {
	const common = { protocol: "sse", phase: "join" };
	const bare = make(name, { ...common, ...Object.fromEntries(fields.map((field) => [field, undefined])) });
	for (const field of [...fields, "cause"]) expect(Object.keys(bare)).not.toContain(field);
	expect(Object.hasOwn(bare, "cause")).toBe(false);
	expect(Object.hasOwn(make(name, { cause: undefined }), "cause")).toBe(true);
	if (name !== "NetworkError") {
		const texts = Object.fromEntries(fields.map((field) => [field, `a hf_abcdefghijklmnop`]));
		expect(make(name, { ...common, ...texts })).toMatchObject(Object.fromEntries(fields.map((field) => [field, "a [redacted]"])));
	}
});

test("a chain's error has a list of those that were left out, an empty one where there are none", () => {
	expect(make("ChainExhaustedError", { attempts: [], lastError: cause })).toMatchObject({ leftOut: [] });
});

describe("as a plain object", () => {
	const plain = (options: object): Record<string, unknown> => make("NetworkError", { phase: "join", ...options }).toJSON();

	test("it has every field that is set once, and no cause where there is none", () => {
		const error = Object.assign(make("NetworkError", { phase: "join" }), { extra: 1, none: undefined, message: "words" });
		expect(error.toJSON()).toStrictEqual({ name: "NetworkError", code: "network", message: "words", phase: "join", extra: 1 });
		expect(Object.keys(make("NetworkError", { phase: "join" }).toJSON())).not.toContain("cause");
	});

	test("fields that JSON has no words for are told in those that it has", () => {
		const fields = { big: 12n, call: () => 1, nothing: null, list: [1n, "hf_abcdefghijklmnop"], nested: { inner: 2n }, yes: true };
		const json = Object.assign(make("NetworkError", { phase: "join" }), fields).toJSON();
		expect(json).toMatchObject({ big: "12", nothing: null, list: ["1", "[redacted]"], nested: { inner: "2" }, yes: true });
		expect(json.call).toBeUndefined();
	});

	test("errors in its fields are told like causes", () => {
		const field = Object.assign(new Error("inner"), { code: "EPIPE", port: 1 });
		expect(Object.assign(make("NetworkError", { phase: "join" }), { field }).toJSON().field).toStrictEqual({
			name: "Error",
			message: "inner",
			code: "EPIPE",
		});
	});

	test("its cause is told once, also where it is a member like others", () => {
		const error = Object.defineProperty(make("NetworkError", { phase: "join" }), "cause", { value: new Error("why"), enumerable: true });
		expect(error.toJSON()).toStrictEqual({
			name: "NetworkError",
			code: "network",
			message: "words",
			phase: "join",
			cause: { name: "Error", message: "why" },
		});
	});

	test("a cause that is an error of Spaceport's has its own fields", () => {
		expect(plain({ cause: make("TimeoutError", { phase: "idle", afterMs: 7 }) }).cause).toStrictEqual({
			name: "TimeoutError",
			code: "timeout",
			message: "words",
			phase: "idle",
			afterMs: 7,
		});
	});

	test("another cause has its name, its message and a code that is text or a number", () => {
		const withCode = (code: unknown): unknown => plain({ cause: Object.assign(new TypeError("bad"), { code }) }).cause;
		expect(withCode("EPIPE")).toStrictEqual({ name: "TypeError", message: "bad", code: "EPIPE" });
		expect(withCode(-32)).toStrictEqual({ name: "TypeError", message: "bad", code: -32 });
		expect(withCode({ deep: 1 })).toStrictEqual({ name: "TypeError", message: "bad" });
		expect(plain({ cause: "just words with hf_abcdefghijklmnop" }).cause).toBe("just words with [redacted]");
	});

	test("members whose names say that they are secret are not told, where they are texts", () => {
		const secret = ["Authorization", "x-authorization", "cookie", "Set-Cookie", "api-key", "api_key", "apikey", "x-api-key", "token"];
		const more = ["hf-token", "hf_token", "hftoken", "access-token", "access_token", "accessToken", "zerogpu-token", "x-zerogpu-token"];
		const headers = Object.fromEntries([...secret, ...more, "x-hf-authorization", "password", "secret"].map((name) => [name, "plain"]));
		expect(new Set(Object.values((plain({ cause: { headers } }).cause as { headers: object }).headers))).toEqual(new Set(["[redacted]"]));
		const others = { tokens: "plain", "the-token": "plain", secretary: "plain", token: 5, "cookie-law": "plain", mytoken: "plain" };
		expect(plain({ cause: others }).cause).toStrictEqual(others);
	});

	test.each([
		["lists", (inner: unknown) => [inner]],
		["objects", (inner: unknown) => ({ inner })],
	])("%s are told six deep", (_, wrap) => {
		let value: unknown = "bottom";
		for (let depth = 0; depth < 20; depth++) value = wrap(value);
		const json = JSON.stringify(Object.assign(make("NetworkError", { phase: "join" }), { value }).toJSON().value);
		expect(json).toBe(JSON.stringify([..."123456"].reduce<unknown>((inner) => wrap(inner), "[…]")));
	});

	test.each([
		["errors", () => new Error("layer")],
		["errors of Spaceport's", () => make("NetworkError", { phase: "join" })],
	])("causes that are %s are told six deep", (_, layer) => {
		let deep: Error = layer();
		for (let depth = 0; depth < 20; depth++) deep = Object.assign(layer(), { cause: deep });
		let json = Object.assign(make("NetworkError", { phase: "join" }), { cause: deep }).toJSON() as { cause?: object };
		let depth = 0;
		for (; json.cause !== undefined; json = json.cause as typeof json) depth++;
		expect(depth).toBeGreaterThanOrEqual(6);
		expect(depth).toBeLessThanOrEqual(7);
	});

	test("one that has itself in a field is told to an end", () => {
		const error = make("NetworkError", { phase: "join" });
		expect(JSON.stringify(Object.assign(error, { self: error }).toJSON()).length).toBeLessThan(2000);
	});
});

describe("causes whose words have secrets", () => {
	const secret = "hf_abcdefghijklmnop";
	const clean = (cause: unknown): unknown => make("NetworkError", { phase: "join", cause }).cause;

	test("are told without them, in the stack as well, and keep no code that they do not have", () => {
		const told = clean(Object.assign(new TypeError(`with ${secret}`), { stack: `TypeError: with ${secret}\n at x` })) as Error;
		expect(told.message).toBe("with [redacted]");
		expect(told.stack).toBe("TypeError: with [redacted]\n at x");
		expect(Object.hasOwn(told, "code")).toBe(false);
	});

	test("even where only the stack has one, or there is no stack", () => {
		const stack = Object.assign(new Error("harmless"), { stack: `Error: ${secret}\n at x` });
		expect((clean(stack) as Error).stack).toBe("Error: [redacted]\n at x");
		const without = Object.assign(new Error("harmless"), { stack: undefined });
		expect(clean(without)).toBe(without);
		expect((clean(Object.assign(new Error(secret), { stack: undefined })) as Error).stack).toBe("");
	});

	test("are left alone where their message is no text, and below the sixth", () => {
		const odd = Object.assign(new Error("x"), { message: 5, stack: secret });
		expect(clean(odd)).toBe(odd);
		let deep = new Error(`bottom ${secret}`);
		for (let depth = 0; depth < 5; depth++) deep = new Error("layer", { cause: deep });
		const messages = (error: unknown): string[] => (error instanceof Error ? [error.message, ...messages(error.cause)] : []);
		expect(messages(clean(deep)).at(-1)).toBe("bottom [redacted]");
		expect(messages(clean(new Error("layer", { cause: deep }))).at(-1)).toBe(`bottom ${secret}`);
	});
});

describe("what a provider throws", () => {
	test.each([
		[new TypeError("bad"), 'The provider "p" threw TypeError: bad'],
		["words", 'The provider "p" threw words'],
		[7, 'The provider "p" threw 7'],
		[{ a: 1 }, 'The provider "p" threw {"a":1}'],
	])("%s is wrapped", (thrown, message) => {
		const error = toSpaceportError(thrown, "p");
		expect(error).toMatchObject({ code: "provider-failed", provider: "p", cause: thrown, message });
		expect(error.hint).toContain("should throw a SpaceportError");
	});

	test("is itself where it is an error of Spaceport's, unless it says that the caller left, who did not", () => {
		expect(toSpaceportError(cause, "p")).toBe(cause);
		expect(toSpaceportError(abortedError("bye"), "p").code).toBe("provider-failed");
	});
});

test("an aborted signal stands for the error that it carries, else for one that says so", () => {
	expect(abortedError(cause)).toBe(cause);
	expect(abortedError("bye")).toMatchObject({ code: "aborted", message: "The caller aborted the request.", reason: "bye", cause: "bye" });
});
