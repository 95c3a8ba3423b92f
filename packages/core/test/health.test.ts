import { describe, expect, it } from "vitest";

import { createHealth, isResting } from "../src/chain/health/health.ts";
import { NetworkError } from "../src/errors/network-error.ts";
import type { SpaceportEvent } from "../src/events.ts";
import { silentLogger } from "../src/logger.ts";

describe("health", () => {
	it("puts a provider to rest after a failure, and lets one attempt find out whether it is well", async () => {
		let clock = 1_000_000;
		const events: SpaceportEvent[] = [];
		const health = createHealth({ now: () => clock, report: (event) => events.push(event), logger: silentLogger });
		const candidate = { name: "a", model: "m", provider: { name: "a", models: [], async *createAsyncGenerator() {} } };
		expect(health.isQuiet).toBe(true);
		const first = await health.claim(candidate, { force: false });
		if (isResting(first)) throw new Error("It rests.");
		first.failed(new NetworkError("No.", { phase: "join" }));
		expect(health.isQuiet).toBe(false);
		expect(await health.look(candidate)).toMatchObject({ state: "cooling", until: clock + 3000, failures: 1 });
		clock += 3000;
		const second = await health.claim(candidate, { force: false });
		if (isResting(second)) throw new Error("It rests.");
		expect(await health.claim(candidate, { force: false })).toMatchObject({ state: "probing" });
		second.succeeded();
		expect(health.isQuiet).toBe(true);
		expect(events.map(({ type }) => type)).toEqual(["cooldown", "recovered"]);
	});
});
