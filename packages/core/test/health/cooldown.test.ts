import type { SpaceportError, SpaceportErrorCode, SpaceStage, TimeoutPhase } from "@spaceport/core";
import * as core from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { cooldown } from "../../src/chain/health/cooldown.ts";
import type { Resting } from "../../src/chain/health/health.ts";
import { restingError } from "../../src/chain/health/resting-error.ts";
import { candidate } from "./support.ts";

const stage = (what: SpaceStage) => new core.SpaceUnavailableError("x", { stage: what });
const phase = (what: TimeoutPhase) => new core.TimeoutError("x", { phase: what, afterMs: 10 });
const lastError = new core.NetworkError("x", { phase: "join" });

const server = "model: 3, 6, 12, 20, 20 s";
const standing = "model: 60, 60, 60, 60, 60 s";

/** Every code, and what it says of the provider. */
const table: readonly (readonly [SpaceportError, string])[] = [
	[new core.InvalidRequestError("x", { path: "messages" }), "well"],
	[new core.NoSuchProviderError("x", { reference: "a", known: [] }), "nothing"],
	[new core.NoSuchModelError("x", { reference: "a", known: [] }), standing],
	[new core.UnsupportedError("x", { capability: "tools" }), "nothing"],
	[new core.AuthenticationError("x"), "credential: Infinity, Infinity, Infinity, Infinity, Infinity s"],
	[new core.RateLimitedError("x"), "key: 10, 20, 40, 60, 60 s"],
	[new core.RateLimitedError("x", { retryAfterMs: 7000 }), "key: 7, 7, 7, 7, 7 s as stated"],
	[new core.RateLimitedError("x", { retryAfterMs: Infinity }), "key: 604800, 604800, 604800, 604800, 604800 s as stated"],
	[new core.RateLimitedError("x", { retryAfterMs: Number.NaN }), "key: 10, 20, 40, 60, 60 s"],
	[new core.RateLimitedError("x", { retryAfterMs: -1 }), "key: 10, 20, 40, 60, 60 s"],
	[new core.RateLimitedError("x", { retryAfterMs: 7000, own: true }), "nothing"],
	[new core.QuotaExceededError("x"), "key: 60, 120, 240, 480, 600 s"],
	[new core.QuotaExceededError("x", { retryAfterMs: 3_600_000 }), "key: 3600, 3600, 3600, 3600, 3600 s as stated"],
	[new core.LimiterFullError("x", { queueSize: 1 }), "nothing"],
	[new core.QueueFullError("x"), server],
	[new core.QueueFullError("x", { retryAfterMs: 500 }), "model: 0.5, 0.5, 0.5, 0.5, 0.5 s as stated"],
	[stage("sleeping"), server],
	[stage("building"), server],
	[stage("unknown"), server],
	[stage("paused"), standing],
	[stage("gone"), standing],
	[stage("error"), standing],
	[new core.SpaceContractError("x", { expected: "a", found: "b" }), standing],
	[new core.LocalUnavailableError("x"), standing],
	[lastError, server],
	[phase("connect"), server],
	[phase("first-chunk"), server],
	[phase("idle"), server],
	[phase("queue"), server],
	[phase("total"), "nothing"],
	[new core.TimeoutError("x", { phase: "queue", afterMs: 10, own: true }), "nothing"],
	[new core.ProtocolError("x", { protocol: "sse" }), server],
	[new core.GenerationError("x"), "model: 0, 3, 6, 12, 20 s"],
	[new core.ContextLengthError("x"), "well"],
	[new core.ContentFilteredError("x"), "well"],
	[new core.StreamInterruptedError("x", { textSoFar: "" }), server],
	[new core.ProviderFailedError("x"), server],
	[new core.AbortedError("x"), "nothing"],
	[new core.ChainExhaustedError("x", { attempts: [], lastError }), "nothing"],
];

function inWords(error: SpaceportError): string {
	const first = cooldown(error, 1);
	if (first.says !== "rest") return first.says;
	const lengths = [1, 2, 3, 4, 5].map((failures) => {
		const later = cooldown(error, failures);
		return later.says === "rest" ? later.forMs / 1000 : later.says;
	});
	return `${first.who}: ${lengths.join(", ")} s${first.stated ? " as stated" : ""}`;
}

describe("how long a failure has somebody rest", () => {
	test.each(table.map(([error, words]) => [error.code, error, words] as const))("%s", (_, error, words) => {
		expect(inWords(error)).toBe(words);
	});

	test("is known for every code", () => {
		const codes = new Set(table.map(([error]) => error.code));
		const classes = Object.values(core).filter((value) => typeof value === "function" && /^(?!Spaceport)[A-Z].+Error$/.test(value.name));
		expect(codes.size).toBe(classes.length);
	});

	test("stays finite after any number of failures", () => {
		expect(cooldown(lastError, 1e9)).toMatchObject({ forMs: 20_000 });
		expect(cooldown(new core.QuotaExceededError("x"), Number.MAX_SAFE_INTEGER)).toMatchObject({ forMs: 600_000 });
	});

	test("is that of a server's failure for a code that a newer copy of the package has", () => {
		const foreign = Object.assign(new core.NetworkError("x", { phase: "join" }), { code: "solar-flare" });
		expect(inWords(foreign)).toBe(server);
		expect(inWords(Object.assign(new core.NetworkError("x", { phase: "join" }), { code: "toString" }))).toBe(server);
	});
});

describe("the error of somebody who rests", () => {
	const now = 1_800_000_000_000;
	const who = candidate("groq");

	function resting(error: SpaceportError, more: Partial<Resting> = {}): Resting {
		return { state: "cooling", until: now + 12_000, stated: false, code: error.code, message: error.message, failures: 3, ...more };
	}

	test.each(table.filter(([error]) => inWords(error).includes(" s")).map(([error]) => [error.code, error] as const))(
		"has the code of the last failure: %s",
		(code, error) => {
			const made = restingError(who, resting(error), now);
			expect(made.code).toBe(code);
			expect(made).toBeInstanceOf(error.constructor);
			expect(made).toMatchObject({ provider: "groq", retryAfterMs: 12_000 });
		},
	);

	test("has the fields that were kept", () => {
		const details = { stage: "sleeping" };
		expect(restingError(who, resting(stage("sleeping"), { details }), now)).toMatchObject({ stage: "sleeping", retryAfterMs: 12_000 });
		expect(restingError(who, resting(stage("sleeping")), now)).toMatchObject({ stage: "unknown" });
	});

	test("says in words who is not asked, until when and why", () => {
		const network = resting(new core.NetworkError("connection reset", { phase: "join" }));
		const at = new Date(now + 12_000).toTimeString().slice(0, 8);
		expect(restingError(who, network, now).message).toBe(`"groq" rests until ${at} after network: connection reset`);
		expect(restingError(who, { ...network, state: "probing" }, now).message).toContain("is being tried by another request");
		const refused = restingError(who, resting(new core.AuthenticationError("401"), { state: "refused", until: Infinity }), now);
		expect(refused.message).toBe('"groq" rests until it is reset after authentication: 401');
		expect(refused.hint).toContain('reset("groq")');
		expect(refused).not.toHaveProperty("retryAfterMs");
		const byHand = restingError(who, resting(new core.ProviderFailedError("new prices"), { byHand: true, until: Infinity }), now);
		expect(byHand.hint).toBe('reset("groq") brings it back.');
		expect(restingError(who, network, now).hint).toBe("Ask again later, or ask another provider.");
		expect(byHand.message).toBe('"groq" was taken out by hand until it is reset: new prices');
	});

	test("is one of an unknown code's nearest kin", () => {
		const code = "solar-flare" as SpaceportErrorCode;
		expect(restingError(who, { ...resting(lastError), code }, now).code).toBe("provider-failed");
	});
});
