import { collect } from "../support/collect.ts";
import { outputsOf, type RunningServer } from "./servers.ts";

/** The one place of a narrow server, taken by one test at a time. */
export interface BusyPlace {
	/**
	 * Keeps the place busy while `work` is done, and then lets another job have its turn: whatever stood in the queue before that has started by then, or
	 * never will.
	 */
	whileBusy<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** For tests that wait for the place: others may have it before, and a job that was left in the queue of Gradio 4.0 holds it for 5 s when its turn comes. */
export const placeTimeout = { timeout: 120_000 };

/** Makes the keeper of a server's one place. */
export function busyPlace(narrow: RunningServer): BusyPlace {
	let last: Promise<unknown> = Promise.resolve();
	let count = 0;

	async function keepBusy<Result>(work: () => Promise<Result>): Promise<Result> {
		count += 1;
		const id = `busy-${count}`;
		const controller = new AbortController();
		const busy = collect(narrow.space.submit("/text_stream", [`endless id=${id} ms=20`], { signal: controller.signal })).catch(
			(error: unknown) => error,
		);
		await narrow.server.waitForLog((entry) => entry.id === id && entry.event === "yield");
		try {
			return await work();
		} finally {
			controller.abort();
			await busy;
			await takeTurn(`after-${id}`);
		}
	}

	/** The queue has room for one: it may still be full for a moment. */
	async function takeTurn(id: string): Promise<void> {
		for (;;) {
			try {
				const steps = outputsOf(await collect(narrow.space.submit("/text_stream", [`echo id=${id}: next`])));
				if (steps.at(-1)?.[0] === "next") return;
				throw new Error(`The job ${id} had another answer`);
			} catch (error) {
				if ((error as { code?: string }).code !== "queue-full") throw error;
			}
		}
	}

	return {
		whileBusy(work) {
			const mine = last.then(() => keepBusy(work));
			last = mine.catch(() => {});
			return mine;
		},
	};
}
