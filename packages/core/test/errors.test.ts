import { inspect } from "node:util";

import {
	AuthenticationError,
	ChainExhaustedError,
	createChain,
	disposition,
	isSpaceportError,
	NetworkError,
	ProtocolError,
	redact,
	SpaceportError,
	SpaceUnavailableError,
	StreamInterruptedError,
	TimeoutError,
} from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { everyErrorCode } from "./every-error-code.ts";

describe("a SpaceportError", () => {
	test("is an Error with a code, a name, and only the fields that are set", () => {
		const error = new NetworkError("refused", { phase: "join", hint: "Is the server up?" });
		expect(error).toBeInstanceOf(Error);
		expect(error).toBeInstanceOf(SpaceportError);
		expect(String(error)).toBe("NetworkError: refused");
		expect(Object.keys(error)).not.toContain("provider");
		expect(error.toJSON()).toEqual({ name: "NetworkError", code: "network", message: "refused", hint: "Is the server up?", phase: "join" });
	});

	test("is recognised by its brand across copies of the package, and by its code", () => {
		const foreign = Object.assign(new Error("x"), { [Symbol.for("spaceport.error")]: true, code: "network" });
		expect(isSpaceportError(foreign)).toBe(true);
		expect(isSpaceportError(foreign, "network")).toBe(true);
		expect(isSpaceportError(foreign, "timeout")).toBe(false);
		for (const other of [new Error("x"), null, undefined, "network", { code: "network" }]) expect(isSpaceportError(other)).toBe(false);
	});

	test("shows causes in short, and survives circles", () => {
		const circle: Record<string, unknown> = {};
		circle.self = circle;
		const cause = new Error("socket hang up", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
		expect(new NetworkError("x", { phase: "join", cause }).toJSON().cause).toEqual({
			name: "Error",
			message: "socket hang up",
			cause: { name: "Error", message: "reset", code: "ECONNRESET" },
		});
		expect(() => JSON.stringify(new NetworkError("x", { phase: "join", cause: circle }))).not.toThrow();
	});

	test("survives errors that are their own cause, and those of another copy without toJSON", () => {
		const first = new NetworkError("first", { phase: "join" });
		const second = new NetworkError("second", { phase: "join", cause: first });
		first.cause = second;
		expect(JSON.stringify(first)).toContain("second");
		const foreign = Object.assign(new Error("elsewhere"), { [Symbol.for("spaceport.error")]: true, code: "network" });
		expect(new NetworkError("x", { phase: "join", cause: foreign }).toJSON().cause).toMatchObject({
			code: "network",
			message: "elsewhere",
		});
	});
});

describe("no secret is ever printed", () => {
	const secrets = [
		["hf_abcdefghijklmnop", "hf_abcdefghijklmnop"],
		["Authorization: Bearer abc.def-123", "abc.def-123"],
		["authorization=topsecretvalue", "topsecretvalue"],
		['{"x-api-key":"k-12345678"}', "k-12345678"],
		["https://user:pass@host/path", "user:pass"],
		["https://host/?__sign=eyJhbGciOi.eyJzdWIi.sig&x=1", "eyJhbGciOi"],
		["sk-proj-abcdefghijklmnopqrst", "sk-proj-abcdefghijklmnopqrst"],
		["Cookie: access-token=abcdef", "abcdef"],
	] as const;

	test("causes with secrets in their words are told without them; others stay what they are", () => {
		const secret = "hf_abcdefghijklmnop";
		const deepest = new TypeError("harmless");
		const inner = Object.assign(new TypeError(`GET https://example.org/?token=${secret}`, { cause: deepest }), {
			code: "EINVAL",
			headers: secret,
		});
		const error = new NetworkError("refused", { phase: "join", cause: new Error("harmless", { cause: inner }) });
		expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
		const told = (error.cause as Error).cause as Error;
		expect(told).toMatchObject({ name: "TypeError", message: "GET https://example.org/?token=[redacted]", code: "EINVAL" });
		expect(told.cause).toBe(deepest);
		expect(new NetworkError("refused", { phase: "join", cause: deepest }).cause).toBe(deepest);
	});

	test.each(secrets)("%s", (text, secret) => {
		expect(redact(text)).toContain("[redacted]");
		expect(redact(text)).not.toContain(secret);
		const error = new ProtocolError(`The server said ${text}`, { protocol: "sse", sample: text, hint: text, cause: new Error(text) });
		expect(JSON.stringify(error)).not.toContain(secret);
		expect(error.message + error.hint + error.sample).not.toContain(secret);
		const interrupted = new StreamInterruptedError("x", { textSoFar: "", cause: { headers: [text] } });
		expect(JSON.stringify(interrupted)).not.toContain(secret);
	});

	test("a member that is named like a secret is one, whatever it looks like", () => {
		const cause = { headers: { "X-Api-Key": "plainvalue1", accept: "*/*" }, options: { token: "plainvalue2", apiKey: "plainvalue3" } };
		const json = JSON.stringify(new NetworkError("x", { phase: "join", cause }));
		expect(json).not.toContain("plainvalue");
		expect(json).toContain("*/*");
	});

	test("ordinary words stay as they are", () => {
		for (const text of ["The task is risky.", "GET https://host/path?fn_index=0", "basic knowledge of tokens", "skip-this"])
			expect(redact(text)).toBe(text);
	});
});

describe("the table of decisions", () => {
	test.each([
		[new AuthenticationError("x"), "no", true],
		[new NetworkError("x", { phase: "join" }), "yes", true],
		[new TimeoutError("x", { phase: "connect", afterMs: 1 }), "yes", true],
		[new TimeoutError("x", { phase: "first-chunk", afterMs: 1 }), "no", true],
		[new TimeoutError("x", { phase: "total", afterMs: 1 }), "no", false],
		[new SpaceUnavailableError("x", { stage: "sleeping" }), "yes", true],
		[new SpaceUnavailableError("x", { stage: "building" }), "yes", true],
		[new SpaceUnavailableError("x", { stage: "paused" }), "no", true],
		[new SpaceUnavailableError("x", { stage: "gone" }), "no", true],
		[new StreamInterruptedError("x", { textSoFar: "" }), "once", true],
		[new ChainExhaustedError("x", { attempts: [], lastError: new AuthenticationError("x") }), "no", true],
		[new ChainExhaustedError("x", { attempts: [], lastError: new TimeoutError("x", { phase: "total", afterMs: 1 }) }), "no", false],
	] as const)("%s", (error, same, next) => {
		expect(disposition(error)).toEqual({ same, next });
	});

	test("can be changed by code", () => {
		expect(disposition(new AuthenticationError("x"), { authentication: { same: "once" } })).toEqual({ same: "once", next: true });
	});
});

test("every code is one that dispositions may name, and nothing else is", () => {
	const chainWith = (code: string) => createChain({ name: "c", providers: ["p"], dispositions: { [code]: { next: true } } });
	for (const code of Object.keys(everyErrorCode)) chainWith(code);
	for (const code of ["toString", "", "networks"]) expect(() => chainWith(code)).toThrow("is no code of an error");
});
