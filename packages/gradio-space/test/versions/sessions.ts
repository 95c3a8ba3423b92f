import { test } from "vitest";

import type { SpaceSession } from "../../src/index.ts";
import { collect } from "../support/collect.ts";
import { outputsOf, type VersionUnderTest } from "./servers.ts";

/** What an app keeps for a visitor, over several calls. */
export function testSessions({ wide }: VersionUnderTest): void {
	const last = async (session: SpaceSession, api: string, data: readonly unknown[]): Promise<unknown> =>
		outputsOf(await collect(session.submit(api, data))).at(-1)?.[0];

	test("a session keeps its state over many calls, another one has its own", async ({ expect }) => {
		const session = wide.space.session();
		for (let calls = 1; calls <= 8; calls += 1) {
			expect(await last(session, "/count", [null])).toBe(String(calls));
			if (calls % 2 === 0) expect(await last(session, "/text_stream", [`echo: ${calls} is even`])).toBe(`${calls} is even`);
			if (calls % 3 === 0) expect(await last(session, "/unqueued", ["x"])).toBe("plain: x");
		}
		expect(await last(wide.space.session(), "/count", [null])).toBe("1");
		expect((await wide.call("/count", [null])).at(-1)?.[0]).toBe("1");
	});
}
