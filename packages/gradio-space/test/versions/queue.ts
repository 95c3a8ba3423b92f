import { test } from "vitest";

import type { GradioEvent } from "../../src/index.ts";
import { failure } from "../support/collect.ts";
import { type BusyPlace, placeTimeout } from "./busy-place.ts";
import { expectEnding } from "./release.ts";
import { outputsOf, type VersionUnderTest } from "./servers.ts";

/** A queue that has one place, which is taken. */
export function testQueue({ expected, narrow }: VersionUnderTest, place: BusyPlace): void {
	/** Calls, and reads on without a pause, as Gradio up to 4.0 wants it: it asks for the inputs when the turn has come, and 4.0 waits 5 s for them. */
	function enqueue(query: string): { inQueue: Promise<GradioEvent>; steps: Promise<(readonly unknown[])[]> } {
		const { promise: inQueue, resolve, reject } = Promise.withResolvers<GradioEvent>();
		const read = async (): Promise<(readonly unknown[])[]> => {
			const events: GradioEvent[] = [];
			for await (const event of narrow.space.submit("/text_stream", [query])) {
				resolve(event);
				events.push(event);
			}
			return outputsOf(events);
		};
		const steps = read();
		steps.catch(reject);
		return { inQueue, steps };
	}

	test("who waits is told its position, and gets its turn", placeTimeout, async ({ expect }) => {
		const { first, steps } = await place.whileBusy(async () => {
			const { inQueue, steps } = enqueue("echo: at last");
			return { first: await inQueue, steps };
		});
		expect(first).toMatchObject({ type: "queue", position: 0, size: 1 });
		expect((await steps).at(-1)).toEqual(["at last"]);
	});

	test("a full queue says so", placeTimeout, async ({ expect }) => {
		const { refused, steps } = await place.whileBusy(async () => {
			const { inQueue, steps } = enqueue("echo: waits");
			await inQueue;
			const refused = await failure(narrow.space.submit("/text_stream", ["echo id=refused: too many"]));
			return { refused, steps };
		});
		expect(refused).toMatchObject({ code: "queue-full" });
		expect((await steps).at(-1)).toEqual(["waits"]);
		expect(narrow.logOf("refused")).toEqual([]);
	});

	test("whoever finds the wait too long leaves, and its job ends", placeTimeout, async ({ expect }) => {
		const seen: unknown[] = [];
		const error = await place.whileBusy(() => {
			const leaveQueueWhen = (queue: { rank: number }): boolean => {
				seen.push(queue);
				return true;
			};
			return failure(narrow.space.submit("/text_stream", ["slow id=impatient steps=200 ms=20"], { leaveQueueWhen }));
		});
		expect(error).toMatchObject({ code: "queue-full" });
		expect(seen).toEqual([expect.objectContaining({ rank: 0, size: 1 })]);
		await expectEnding(narrow, "impatient", expected.queued, expect);
	});
}
