import { onAbort, throwIfAborted } from "./abort.ts";

/** Work that several calls wait for together: it is done once, each of them sees its progress, and it is aborted when the last one has left. */
export class SharedTask<Progress, Result> {
	/** Resolves when the work has ended, well or badly. */
	readonly settled: Promise<void>;
	readonly #controller = new AbortController();
	readonly #wakers = new Set<() => void>();
	#joined = 0;
	#latest: { readonly version: number; readonly progress?: Progress } = { version: 0 };
	#outcome: { readonly value: Result } | { readonly error: unknown } | undefined;

	constructor(run: (signal: AbortSignal, report: (progress: Progress) => void) => Promise<Result>) {
		const report = (progress: Progress): void => {
			this.#latest = { version: this.#latest.version + 1, progress };
			this.#wake();
		};
		this.settled = run(this.#controller.signal, report).then(
			(value) => this.#settle({ value }),
			(error: unknown) => this.#settle({ error }),
		);
	}

	/** Whether everybody has left before the end. */
	get abandoned(): boolean {
		return this.#controller.signal.aborted;
	}

	/**
	 * Waits for the end. Yields progress as it comes; one who reads slowly gets only the newest.
	 *
	 * @param signal - leaves at once when it aborts; the work goes on while somebody else waits for it
	 */
	async *join(signal: AbortSignal): AsyncGenerator<Progress, Result, void> {
		this.#joined += 1;
		try {
			let seen = 0;
			for (;;) {
				throwIfAborted(signal);
				const { version, progress } = this.#latest;
				if (version > seen) {
					seen = version;
					yield progress as Progress;
				} else if (this.#outcome !== undefined) {
					if ("error" in this.#outcome) throw this.#outcome.error;
					return this.#outcome.value;
				} else {
					await this.#change(signal);
				}
			}
		} finally {
			this.#joined -= 1;
			if (this.#joined === 0 && this.#outcome === undefined) this.#controller.abort();
		}
	}

	#settle(outcome: { readonly value: Result } | { readonly error: unknown }): void {
		this.#outcome = outcome;
		this.#wake();
	}

	#wake(): void {
		for (const waker of this.#wakers) waker();
	}

	async #change(signal: AbortSignal): Promise<void> {
		let waker = (): void => {};
		const changed = new Promise<void>((resolve) => {
			waker = resolve;
		});
		this.#wakers.add(waker);
		const stopListening = onAbort(signal, waker);
		try {
			await changed;
		} finally {
			stopListening();
			this.#wakers.delete(waker);
		}
	}
}

/**
 * Joins the task that runs under a key, or starts it. The key is free again when the task has ended, so a failure is not kept.
 *
 * @param tasks - the tasks that run now
 * @param run - the work, called where none runs; its signal aborts when nobody waits any longer
 */
export async function* joinTask<Progress, Result>(
	tasks: Map<string, SharedTask<Progress, Result>>,
	key: string,
	signal: AbortSignal,
	run: (signal: AbortSignal, report: (progress: Progress) => void) => Promise<Result>,
): AsyncGenerator<Progress, Result, void> {
	for (;;) {
		throwIfAborted(signal);
		const running = tasks.get(key);
		if (running === undefined) {
			const task = new SharedTask(run);
			tasks.set(key, task);
			void task.settled.then(() => tasks.delete(key));
			return yield* task.join(signal);
		}
		if (!running.abandoned) return yield* running.join(signal);
		// It is being aborted and still tidies up: its files are not free yet.
		await until(running.settled, signal);
	}
}

/** Runs a generator to its end, hands on what it yields, and gives back what it returns. */
export async function drain<Progress, Result>(
	generator: AsyncGenerator<Progress, Result, void>,
	report: (progress: Progress) => void,
): Promise<Result> {
	for (;;) {
		const step = await generator.next();
		if (step.done === true) return step.value;
		report(step.value);
	}
}

async function until(promise: Promise<void>, signal: AbortSignal): Promise<void> {
	let stopListening = (): void => {};
	const aborted = new Promise<void>((resolve) => {
		stopListening = onAbort(signal, resolve);
	});
	await Promise.race([promise, aborted]);
	stopListening();
}
