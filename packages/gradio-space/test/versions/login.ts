import { startGradioServer } from "@spaceport/testkit/gradio";
import { test } from "vitest";

import { createSpace } from "../../src/index.ts";
import { collect, failure } from "../support/collect.ts";
import { startSwitchingProxy } from "../support/switching-proxy.ts";
import { outputsOf, type VersionUnderTest } from "./servers.ts";

/** An app that asks for a user and a password. */
export function testLogin({ version, expected, locked }: VersionUnderTest): void {
	const auth = ["ada", "s3cret"] as const;

	test("a login, over every protocol that it speaks", async ({ expect }) => {
		const ways = [undefined, "run" as const, ...(expected.call ? ["call" as const] : [])];
		for (const protocol of ways) {
			const space = createSpace(locked.server.baseUrl, { auth });
			const [api, answer] = protocol === "run" ? ["/unqueued", "plain: hi"] : ["/text_stream", "hi"];
			const steps = outputsOf(
				await collect(space.submit(api, [protocol === "run" ? "hi" : "echo: hi"], { ...(protocol && { protocol }) })),
			);
			expect(steps.at(-1), protocol ?? "queue").toEqual([answer]);
		}
	});

	test("a wrong password", async ({ expect }) => {
		const error = await failure(createSpace(locked.server.baseUrl, { auth: ["ada", "wr0ng"] }).submit("/plain", ["hi"]));
		expect(error).toMatchObject({ code: "authentication", status: 400, message: expect.stringContaining('"ada"') });
		expect(JSON.stringify(error)).not.toContain("wr0ng");
	});

	test("an app that starts again has forgotten the session", { timeout: 120_000 }, async ({ expect }) => {
		await using proxy = await startSwitchingProxy(locked.server.baseUrl);
		const space = createSpace(proxy.url, { auth });
		expect(outputsOf(await collect(space.submit("/plain", ["one"]))).at(-1)).toEqual(["plain: one"]);
		await using again = await startGradioServer({ version, auth: { user: auth[0], password: auth[1] } });
		proxy.switchTo(again.baseUrl);
		expect(outputsOf(await collect(space.submit("/plain", ["two"]))).at(-1)).toEqual(["plain: two"]);
	});
}
