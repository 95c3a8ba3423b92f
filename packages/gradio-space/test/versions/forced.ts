import { test } from "vitest";

import { collect, failure } from "../support/collect.ts";
import { expectEnding } from "./release.ts";
import { outputsOf, type VersionUnderTest } from "./servers.ts";

/** Calls beside and past the queue, which the caller has to ask for. */
export function testForced({ expected, wide }: VersionUnderTest): void {
	test("the queue's own protocol by its name is what is spoken anyway", async ({ expect }) => {
		expect(await wide.call("/plain", ["hi"], { protocol: expected.queue })).toEqual([["plain: hi"]]);
	});

	if (expected.call) {
		test("/call streams the same values", async ({ expect }) => {
			const data = ["shrink id=over-call turns=9", [], ""];
			const steps = await wide.call("/model_chat", data, { protocol: "call" });
			const yielded = wide.logOf("over-call").flatMap((entry) => (entry.event === "yield" ? [entry.data] : []));
			expect(steps).toEqual([...yielded, yielded.at(-1)]);
			expect(await wide.call("/plain", ["a\u2028b\u0085c\ud83d"], { protocol: "call" })).toEqual([["plain: a\u2028b\u0085c\ufffd"]]);
		});

		test("/call tells failures, with the server's words where the version sends them", async ({ expect }) => {
			const error = await failure(wide.space.submit("/fail_midway", ["no more"], { protocol: "call" }));
			expect(error).toMatchObject({ code: "generation" });
			expect(error.detail).toBe(expected.callWords ? "no more" : undefined);
			expect(await failure(wide.space.submit("/no_such", [], { protocol: "call" }))).toMatchObject({ code: "space-contract" });
		});

		test("leaving a call that was made with /call ends its job", async ({ expect }) => {
			for await (const event of wide.space.submit("/text_stream", ["slow id=left-call steps=200 ms=20"], { protocol: "call" })) {
				if (event.type === "value") break;
			}
			await expectEnding(wide, "left-call", expected.midway, expect);
		});
	} else {
		test("there is no /call, and that is said", async ({ expect }) => {
			expect(await failure(wide.space.submit("/plain", ["hi"], { protocol: "call" }))).toMatchObject({ code: "space-contract" });
		});
	}

	test("/run calls a function without a queue, and is refused where the Space wants its queue used", async ({ expect }) => {
		const events = await collect(wide.space.submit("/unqueued", ["hi"], { protocol: "run" }));
		expect(outputsOf(events)).toEqual([["plain: hi"]]);
		expect(events.at(-1)).toMatchObject({ final: true });
		const refused = await failure(wide.space.submit("/plain", ["id=past-the-queue"], { protocol: "run" }));
		expect(refused).toMatchObject({ code: "space-contract" });
		expect(wide.logOf("past-the-queue")).toEqual([]);
	});
}
