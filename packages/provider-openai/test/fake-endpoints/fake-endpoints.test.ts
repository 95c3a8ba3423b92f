import { currentRuntime } from "@spaceport/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { EndpointId } from "../../src/endpoints/endpoint-id.ts";
import { endpoints } from "../../src/endpoints/endpoints.ts";
import type { Quirks } from "../../src/quirks.ts";
import { answerText, type FakeServer, goodKey, startFakeServer } from "./fake-server.ts";
import { fakes } from "./fakes.ts";
import { look, type Outcome, play, refusedFields, scenariosOf } from "./scenarios.ts";

let server: FakeServer;
beforeAll(async () => {
	server = await startFakeServer();
});
afterAll(() => server.close());

const ids = Object.keys(endpoints) as EndpointId[];

/** Without what differs from run to run. */
const comparable = (outcome: Outcome): unknown => JSON.parse(JSON.stringify(outcome).replaceAll(/call_[\da-f]{24}/g, "call"));

describe.each(ids)("%s, as its fake has it", (id) => {
	const { behaviour, lacks = [], wire = {}, outcomes = {}, probes = {} } = fakes[id];

	test("takes a request with all that can be set, and answers", async () => {
		const outcome = await play(server, id, "full");
		expect(outcome.code, String(outcome.hint)).toBeUndefined();
		expect(outcome.text).toBe(answerText);
		const expected = [...lacks, ...refusedFields(behaviour)];
		expect(outcome.warnings).toEqual(expect.arrayContaining(expected.map((name) => expect.stringContaining(name))));
		expect(outcome.warnings).toHaveLength(expected.length);
		for (const [field, value] of Object.entries(wire)) expect(outcome.wire?.[field], field).toEqual(value);
		for (const field of ["metadata", ...refusedFields(behaviour)]) expect(outcome.wire).not.toHaveProperty(field);
		// What it calls usage may be none; what is one is not lost.
		if (behaviour.usage !== undefined) expect(outcome.usage).toBeUndefined();
		else expect(outcome.usage).toMatchObject({ inputTokens: 9, outputTokens: 7, source: "provider" });
	});

	test("is asked at its own path, with its key", async () => {
		await play(server, id, "full");
		const [request] = server.seen;
		const path = new URL(endpoints[id].baseUrl.replace("{account}", "acc-1")).pathname.replace(/\/$/, "");
		expect(request?.line).toBe(`POST ${path}/chat/completions`);
		expect(request?.headers.authorization).toBe(behaviour.key === "absent" ? undefined : `Bearer ${goodKey}`);
		expect(server.seen).toHaveLength(1);
	});

	test.each(Object.entries({ "bad key": { code: "authentication" }, "too many": { code: "rate-limited" }, ...outcomes }))(
		"%s",
		async (scenario, expected) => {
			expect(await play(server, id, scenario)).toMatchObject(expected);
		},
	);

	test("says when to come back", async () => {
		if (behaviour.tooMany !== undefined) return;
		expect(await play(server, id, "too many")).toMatchObject({ code: "rate-limited", retryAfterMs: 7000 });
	});

	test("lists its models, and is probed", async () => {
		const seen = await look(server, id);
		expect(seen.models).toBe("listed-model");
		const all = Object.keys(probes).length > 0 ? probes : { [behaviour.key === "absent" ? "" : goodKey]: "well" };
		for (const [key, code] of Object.entries(all)) expect(seen[`probe ${key}`], key).toBe(code);
	});

	const parts = partsOf(endpoints[id].quirks ?? {});
	if (parts.length === 0) return;
	test("shows by something that each of its quirks is needed", async () => {
		const whole = await allOf(id);
		for (const [name, quirks] of parts) {
			// A browser has a name of its own.
			if (name === "userAgent" && !currentRuntime().sendsAllHeaders) continue;
			expect(await allOf(id, quirks), name).not.toEqual(whole);
		}
	});
});

async function allOf(id: EndpointId, quirks?: Quirks): Promise<Readonly<Record<string, unknown>>> {
	const all: Record<string, unknown> = await look(server, id, quirks);
	for (const scenario of scenariosOf(id)) all[scenario] = comparable(await play(server, id, scenario, quirks));
	return all;
}

/** A setting's quirks, with one of them left out each time; of lists one entry, of others all of it. */
function partsOf(quirks: Quirks): readonly (readonly [string, Quirks])[] {
	return Object.entries(quirks).flatMap(([name, value]): (readonly [string, Quirks])[] => {
		if (!Array.isArray(value)) return [[name, { [name]: undefined } as Quirks]];
		return value.map((entry: unknown) => [`${name}: ${JSON.stringify(entry)}`, { [name]: value.filter((one) => one !== entry) } as Quirks]);
	});
}
