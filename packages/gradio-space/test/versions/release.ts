import type { TwinLogEntry } from "@spaceport/testkit/gradio";
import { type ExpectStatic, test } from "vitest";

import type { GradioEvent, SubmitOptions } from "../../src/index.ts";
import { collect } from "../support/collect.ts";
import { type BusyPlace, placeTimeout } from "./busy-place.ts";
import type { Ending } from "./expectations.ts";
import type { RunningServer, VersionUnderTest } from "./servers.ts";

interface Way {
	/** Reads a stream and leaves it once `isThere` says that the moment has come. Gives what the caller got for that. */
	leave(
		submit: (options?: SubmitOptions) => AsyncIterable<GradioEvent>,
		isThere: (event: GradioEvent) => Promise<boolean>,
	): Promise<unknown>;
	readonly gets: unknown;
}

const consumersError = new Error("the consumer's own");
/** Shorter than the steps of the jobs that a deadline is to end. */
const deadlineMs = 1500;

async function failureOf(reading: () => Promise<unknown>): Promise<unknown> {
	try {
		return await reading();
	} catch (error) {
		return error;
	}
}

const ways: Readonly<Record<string, Way>> = {
	"the signal": {
		leave(submit, isThere) {
			const controller = new AbortController();
			return failureOf(async () => {
				for await (const event of submit({ signal: controller.signal })) if (await isThere(event)) controller.abort("enough");
			});
		},
		gets: { code: "aborted", reason: "enough" },
	},
	"leaving the loop": {
		leave(submit, isThere) {
			return failureOf(async () => {
				for await (const event of submit()) if (await isThere(event)) return { left: true };
				return { left: false };
			});
		},
		gets: { left: true },
	},
	"a consumer that throws": {
		leave(submit, isThere) {
			return failureOf(async () => {
				for await (const event of submit()) if (await isThere(event)) throw consumersError;
			});
		},
		gets: consumersError,
	},
	"a deadline": {
		leave(submit, isThere) {
			let there = false;
			return failureOf(async () => {
				try {
					for await (const event of submit({ idleMs: deadlineMs })) there ||= await isThere(event);
				} catch (error) {
					throw there ? error : new Error("The deadline passed before the moment came", { cause: error });
				}
			});
		},
		gets: { code: "timeout", phase: "idle" },
	},
};
const waysByName = Object.entries(ways);

/** However a caller leaves, and whenever, its job is ended on the server as far as the version can do that. The server's own log tells. */
export function testRelease({ expected, wide, narrow }: VersionUnderTest, place: BusyPlace): void {
	test.for(waysByName)("%s between two steps ends the job", async ([way, { leave, gets }], { expect }) => {
		const id = `midway-${dashed(way)}`;
		// 4 s in all. What a deadline ends has a first step, and then nothing for 4 s.
		const query = way === "a deadline" ? `slow id=${id} steps=2 ms=4000` : `slow id=${id} steps=200 ms=20`;
		const submit = (options?: SubmitOptions) => wide.space.submit("/text_stream", [query], options);
		expect(await leave(submit, async ({ type }) => type === "value")).toMatchObject(gets as object);
		await expectEnding(wide, id, expected.midway, expect);
	});

	test.for(waysByName)("%s before a slow first step ends the job at that step", async ([way, { leave, gets }], { expect }) => {
		const id = `early-${dashed(way)}`;
		const submit = (options?: SubmitOptions) => wide.space.submit("/text_stream", [`slow id=${id} first=3000 steps=300 ms=20`], options);
		const got = await leave(submit, async ({ type }) => {
			if (type !== "started") return false;
			await wide.server.waitForLog((entry) => entry.id === id && entry.event === "start");
			return true;
		});
		expect(got).toMatchObject(gets as object);
		await expectEnding(wide, id, expected.early, expect);
	});

	test.for(waysByName)("%s in the queue ends the job", placeTimeout, async ([way, { leave, gets }], { expect }) => {
		const id = `queued-${dashed(way)}`;
		await place.whileBusy(async () => {
			const submit = (options?: SubmitOptions) => narrow.space.submit("/text_stream", [`slow id=${id} steps=200 ms=20`], options);
			expect(await leave(submit, async ({ type }) => type === "queue")).toMatchObject(gets as object);
		});
		await expectEnding(narrow, id, expected.queued, expect);
	});
}

/** Looks in the server's log at what became of a job that was left; waits for it where there is something to wait for. */
export async function expectEnding(server: RunningServer, id: string, ending: Ending, expect: ExpectStatic): Promise<void> {
	const eventsOf = (): TwinLogEntry["event"][] => server.logOf(id).flatMap(({ event }) => (event === "yield" ? [] : [event]));
	if (ending === "never starts") {
		expect(eventsOf()).toEqual([]);
		return;
	}
	if (ending === "stopped") {
		await server.server.waitForLog((entry) => entry.id === id && entry.event === "yield");
		const stepsAfter = async (query: string): Promise<number> => {
			await collect(server.space.submit("/text_stream", [query]));
			return server.logOf(id).filter(({ event }) => event === "yield").length;
		};
		// Other jobs go on: one that takes as long as any step of the one that was left, and another one.
		const steps = await stepsAfter("slow steps=200 ms=20");
		expect(await stepsAfter("slow steps=50 ms=20")).toBe(steps);
		expect(eventsOf()).not.toContain("end");
		return;
	}
	await server.server.waitForLog((entry) => entry.id === id && entry.event === "finally");
	expect(eventsOf()).toEqual(["start", "exit", "finally"]);
}

function dashed(name: string): string {
	return name.replaceAll(/\W+/g, "-");
}
