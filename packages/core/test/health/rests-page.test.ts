import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SpaceportError } from "@spaceport/core";
import * as core from "@spaceport/core";
import { currentRuntime } from "@spaceport/testkit";
import { expect, test } from "vitest";

import { cooldown } from "../../src/chain/health/cooldown.ts";

const path = fileURLToPath(new URL("../../../../docs/guides/health.md", import.meta.url));

const rows: readonly (readonly [what: string, error: SpaceportError])[] = [
	["`network`", new core.NetworkError("x", { phase: "join" })],
	["`timeout` of the connection, the first content, the time between chunks, the provider's queue", timeout("connect")],
	["`protocol`", new core.ProtocolError("x", { protocol: "sse" })],
	["`stream-interrupted`", new core.StreamInterruptedError("x", { textSoFar: "" })],
	["`provider-failed`", new core.ProviderFailedError("x")],
	["`queue-full`", new core.QueueFullError("x")],
	["`space-unavailable`: sleeping, building, not known", unavailable("sleeping")],
	["`generation`", new core.GenerationError("x")],
	["`rate-limited`", new core.RateLimitedError("x")],
	["`quota-exceeded`", new core.QuotaExceededError("x")],
	["`space-unavailable`: paused, broken, gone", unavailable("gone")],
	["`space-contract`", new core.SpaceContractError("x", { expected: "a", found: "b" })],
	["`local-unavailable`", new core.LocalUnavailableError("x")],
	["`no-such-model`", new core.NoSuchModelError("x", { reference: "a", known: [] })],
	["`authentication`", new core.AuthenticationError("x")],
	["`invalid-request`, `context-length`, `content-filtered`", new core.InvalidRequestError("x", { path: "messages" })],
	["`unsupported`, `limiter-full`, `aborted`, the request's own total time, our own `limits`", timeout("total")],
];

const whose = { model: "the model", key: "the key, else the model", credential: "the key, else the provider, with all models" };

function timeout(phase: core.TimeoutPhase): SpaceportError {
	return new core.TimeoutError("x", { phase, afterMs: 1 });
}

function unavailable(stage: core.SpaceStage): SpaceportError {
	return new core.SpaceUnavailableError("x", { stage });
}

function inWords(error: SpaceportError): string {
	const first = cooldown(error, 1);
	if (first.says === "well") return "nobody: it is the request's fault, and the provider is well |";
	if (first.says !== "rest") return "nobody: it says nothing of the provider |";
	const lengths = Array.from({ length: 8 }, (_, index) => {
		const found = cooldown(error, index + 1);
		return found.says === "rest" ? found.forMs / 1000 : 0;
	});
	const most = Math.max(...lengths);
	const steps = lengths.slice(0, lengths.indexOf(most) + 1);
	const words =
		most === Infinity
			? "until it is reset"
			: `${steps.map((step) => (step === 0 ? "none" : step)).join(", ")}${steps.length > 1 ? ", …" : ""} s`;
	return `${whose[first.who]} | ${words}`;
}

test("the guide's table of rests is that of the code", ({ skip }) => {
	skip(!currentRuntime().hasNodeModules, "there are no files here");
	const text = readFileSync(path, "utf8");
	const table = [
		"| failure | who rests | for how long, with each failure in a row |",
		"|---|---|---|",
		...rows.map(([what, error]) => `| ${what} | ${inWords(error)} |`),
	];
	const expected = text.replace(/<!-- rests -->[\s\S]*<!-- \/rests -->/, `<!-- rests -->\n\n${table.join("\n")}\n\n<!-- /rests -->`);
	expect(expected).toContain(table[2]);
	return expect(expected).toMatchFileSnapshot(path);
});
