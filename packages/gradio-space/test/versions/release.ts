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
/** Long enough for a busy machine to start a job in, and half as long as the steps of the jobs that it is to end. */
const deadlineMs = 3000;

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
		// 4 s in all. What a deadline ends has a first step, and then nothing for 6 s.
		const query = way === "a deadline" ? `slow id=${id} steps=2 ms=6000` : `slow id=${id} steps=200 ms=20`;
		const submit = (options?: SubmitOptions) => wide.space.submit("/text_stream", [query], options);
		expect(await leave(submit, async ({ type }) => type === "value")).toMatchObject(gets as object);
		await expectEnding(wide, id, expected.midway, expect);
	});

	test.for(waysByName)("%s before a slow first step ends the job at that step", async ([way, { leave, gets }], { expect }) => {
		const id = `early-${dashed(way)}`;
		const first = way === "a deadline" ? 6000 : 3000;
		const submit = (options?: SubmitOptions) =>
			wide.space.submit("/text_stream", [`slow id=${id} first=${first} steps=300 ms=20`], options);
		const got = await leave(submit, async ({ type }) => {
			if (type !== "started") return false;
			await wide.server.waitForLog((entry) => entry.id === id && entry.event === "start");
			return true;
		});
		expect(got).toMatchObject(gets as object);
		const steps = await expectEnding(wide, id, expected.early, expect);
		if (expected.closeEnds) expect(steps).toBe(1);
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

/**
 * Looks in the server's log at what became of a job that was left; waits for it where there is something to wait for.
 *
 * @returns how many steps it has made
 */
export async function expectEnding(server: RunningServer, id: string, ending: Ending, expect: ExpectStatic): Promise<number> {
	const eventsOf = (): TwinLogEntry["event"][] => server.logOf(id).flatMap(({ event }) => (event === "yield" ? [] : [event]));
	if (ending === "never starts") {
		expect(server.logOf(id)).toEqual([]);
		return 0;
	}
	if (ending === "closed later") {
		// Work for the threads, until it is the turn of the one that holds on to the job.
		while (!eventsOf().includes("finally")) await collect(server.space.submit("/plain", ["other work"]));
	}
	const last = await server.server.waitForLog((entry) => entry.id === id && entry.event === "finally");
	expect(eventsOf()).toEqual(["start", "exit", "finally"]);
	return last.n;
}

function dashed(name: string): string {
	return name.replaceAll(/\W+/g, "-");
}
