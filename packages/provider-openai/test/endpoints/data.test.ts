import { defaultTimeouts } from "@spaceport/core";
import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import type { Endpoint } from "../../src/endpoints/endpoint.ts";
import { endpoints } from "../../src/endpoints/endpoints.ts";
import { page } from "./page.ts";
import { quirkNames } from "./quirks-in-words.ts";

const all: readonly Endpoint[] = Object.values(endpoints);
const variables = all.flatMap(({ key, account }) => [key.variable, account?.variable]).filter((name) => name !== undefined);
const amounts = ["concurrency", "intervalCap", "intervalMs", "requestsPerMinute", "requestsPerDay", "tokensPerMinute", "tokensPerDay"];

describe("the data", () => {
	test("has each id, alias and title once", () => {
		const names = all.flatMap(({ id, aliases = [] }) => [id, ...aliases]);
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
		expect(Object.keys(endpoints)).toEqual(all.map(({ id }) => id));
		expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
	});

	test("has each environment variable once", () => {
		expect(variables.filter((name, index) => variables.indexOf(name) !== index)).toEqual([]);
		for (const name of variables) expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
	});

	test.each(all.map((endpoint) => [endpoint.id, endpoint] as const))("%s is well-formed", (id, endpoint) => {
		expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
		const address = new URL(endpoint.baseUrl.replace("{account}", "account"));
		expect(endpoint.baseUrl.includes("{account}")).toBe(endpoint.account !== undefined);
		expect(endpoint.baseUrl).not.toMatch(/\/$|[?#]|\/\/.*@/);
		expect(address.protocol).toBe(endpoint.kind === "local" ? "http:" : "https:");
		if (endpoint.kind === "local") expect(address.hostname).toBe("127.0.0.1");
		for (const page of [endpoint.website, endpoint.key.page]) if (page !== undefined) expect(new URL(page).protocol).toBe("https:");

		const ids = endpoint.models.map((model) => model.id);
		expect(new Set(ids).size).toBe(ids.length);
		expect(endpoint.models.length > 0 || endpoint.dynamicModels === true).toBe(true);
		// Who names no model must get one that answers.
		expect(endpoint.models[0]?.embeddings ?? false).toBe(false);

		for (const limits of [endpoint.limits, endpoint.limitsWithKey]) {
			for (const [name, amount] of Object.entries(limits ?? {})) {
				expect(amounts).toContain(name);
				expect(amount).toSatisfy((value: number) => Number.isInteger(value) && value > 0 && value < 2 ** 31);
			}
		}
		for (const [name, time] of Object.entries(endpoint.timeouts ?? {})) {
			expect(defaultTimeouts).toHaveProperty(name);
			expect(time).toBeGreaterThan(999);
		}
		// They go with the base URL, wherever that leads: elsewhere they would take the key along.
		for (const path of [endpoint.quirks?.modelList, endpoint.quirks?.probe ? endpoint.quirks.probe.path : undefined]) {
			if (path !== undefined) expect(path).toMatch(/^\//);
		}
		for (const { words, status, code, type } of endpoint.quirks?.errors ?? []) {
			expect([words, status, code, type].some((fact) => fact !== undefined)).toBe(true);
			expect(words ?? "").toBe((words ?? "").toLowerCase());
			// Digits in a sentence may be about anything.
			expect(words ?? "").not.toMatch(/\d/);
		}
		for (const name of Object.keys(endpoint.quirks ?? {})) expect(quirkNames).toContain(name);
		for (const text of [endpoint.privacy.note, endpoint.terms.note, endpoint.freeTier, endpoint.note ?? "."]) expect(text).toMatch(/\.$/);
	});
});

describe("a default", () => {
	const defaults = all.filter((endpoint) => endpoint.default);

	test.each(defaults.map((endpoint) => [endpoint.id, endpoint] as const))(
		"%s neither logs prompts nor trains on them",
		(_, { kind, privacy, key }) => {
			expect(["keyless", "free", "local"]).toContain(kind);
			expect(privacy.logsPrompts).not.toBe(true);
			expect(privacy.trains).not.toBe(true);
			// Where nobody has a key, nobody has chosen it: it has to be known.
			if (key.need !== "required") expect([privacy.logsPrompts, privacy.trains]).toEqual([false, false]);
		},
	);

	test("is none whose terms forbid it", () => {
		const names = defaults.map(({ id }) => id);
		for (const id of ["cohere", "nvidia", "github-models", "google-ai-studio", "kilo", "opencode-zen", "ai-horde", "modelscope"]) {
			expect(names).not.toContain(id);
		}
	});
});

test("the page in the docs is what npm run endpoints writes", async ({ skip }) => {
	if (!currentRuntime().hasNodeModules) return skip("there are no files here");
	await expect(page()).toMatchFileSnapshot("../../../../docs/endpoints.md");
});
