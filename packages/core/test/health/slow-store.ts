import type { HealthState, StateStore } from "@spaceport/core";
import { vi } from "vitest";

/** A store far away, as Redis would be: each command takes its time and may fail, values are texts, and an update is tried again where somebody was faster. */
export interface SlowStore extends StateStore {
	/** How many commands were sent. */
	readonly commands: number;
	/** How often an update had to be tried again. */
	readonly conflicts: number;
	/** What every command fails with, while it is set. */
	failure: Error | undefined;
	/** How long a command takes, in milliseconds. */
	delayMs: number;
	/** The texts that are kept, by key. */
	readonly texts: ReadonlyMap<string, string>;
}

export function createSlowStore(delayMs: number): SlowStore {
	const texts = new Map<string, string>();
	let commands = 0;
	let conflicts = 0;

	async function command<Value>(run: () => Value): Promise<Value> {
		commands += 1;
		await new Promise((resolve) => setTimeout(resolve, store.delayMs));
		if (store.failure !== undefined) throw store.failure;
		return run();
	}

	const parse = (text: string | undefined): HealthState | undefined => (text === undefined ? undefined : JSON.parse(text));
	const store: SlowStore = {
		delayMs,
		failure: undefined,
		texts,
		get commands() {
			return commands;
		},
		get conflicts() {
			return conflicts;
		},
		get: (id) => command(() => parse(texts.get(id))),
		async update(id, change) {
			while (true) {
				const before = await command(() => texts.get(id));
				const state = change(parse(before));
				const after = state === undefined ? undefined : JSON.stringify(state);
				const done = await command(() => {
					if (texts.get(id) !== before) return false;
					if (after === undefined) texts.delete(id);
					else texts.set(id, after);
					return true;
				});
				if (done) return state;
				conflicts += 1;
			}
		},
		entries: () => command(() => [...texts].map(([id, text]) => [id, JSON.parse(text)] as const)),
	};
	return store;
}

/** What a promise gives, and how long it took on the fake clock. */
export async function timed<Value>(promise: Value | Promise<Value>): Promise<{ readonly value: Value; readonly tookMs: number }> {
	const startedAt = Date.now();
	let settled: { readonly value: Value; readonly tookMs: number } | undefined;
	const done = Promise.resolve(promise).then((value) => {
		settled = { value, tookMs: Date.now() - startedAt };
	});
	while (settled === undefined) await vi.advanceTimersByTimeAsync(1);
	await done;
	return settled;
}

/** Lets all that is under way come to its end. */
export async function settle(): Promise<void> {
	while (vi.getTimerCount() > 0) await vi.advanceTimersByTimeAsync(1);
}
