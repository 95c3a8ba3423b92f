import { randomUUID } from "node:crypto";

import type { EmulatedFunction } from "./emulated-function.ts";
import type { JobState, Ledger, SeenJob } from "./ledger.ts";
import type { QueueMessage } from "./queue-messages.ts";

/** What a job is made from. */
export interface JobInput {
	readonly name: string;
	readonly definition: EmulatedFunction;
	/** The client's session; the job's own id where it has none. */
	readonly session: string | undefined;
	/** Undefined where the Space asks for them later. */
	readonly inputs: readonly unknown[] | undefined;
	/** Who has logged in. */
	readonly user?: string | undefined;
	/** Whether values go out whole, although the version has diffs. */
	readonly whole: boolean;
	/** Takes the messages. */
	readonly deliver: (message: QueueMessage) => void;
}

/** One call of a function of the Space. */
export class Job implements SeenJob {
	readonly id: string = randomUUID().replaceAll("-", "");
	readonly name: string;
	readonly definition: EmulatedFunction;
	readonly session: string;
	readonly user: string | undefined;
	readonly whole: boolean;
	readonly controller: AbortController = new AbortController();
	/** Resolves when it runs no more. */
	readonly over: Promise<void>;
	inputs: readonly unknown[] | undefined;
	/** Whether anybody still gets its messages; a job that is not alive ends after its present step. */
	alive = true;
	/** Whether its generator is closed when it ends early. */
	closesGenerator = true;
	/** Set by `/reset` of 3.50: the function begins again. */
	restarts = false;
	readonly #deliver: (message: QueueMessage) => void;
	readonly #ledger: Ledger;
	#state: JobState = "queued";
	#steps = 0;
	#takeInputs: (() => void) | undefined;
	#end: () => void = () => undefined;

	constructor({ name, definition, session, inputs, user, whole, deliver }: JobInput, ledger: Ledger) {
		this.name = name;
		this.definition = definition;
		this.session = session ?? this.id;
		this.inputs = inputs;
		this.user = user;
		this.whole = whole;
		this.#deliver = deliver;
		this.#ledger = ledger;
		this.over = new Promise((resolve) => {
			this.#end = resolve;
		});
		ledger.addJob(this);
		ledger.count("queuedJobs", 1);
	}

	get state(): JobState {
		return this.#state;
	}

	get steps(): number {
		return this.#steps;
	}

	/** Its function has yielded. */
	step(): void {
		this.#steps++;
		this.#ledger.changed();
	}

	/** Goes on to another state, once it is not over yet. */
	become(state: JobState): void {
		if (this.#state !== "queued" && this.#state !== "running") return;
		this.#ledger.count(`${this.#state}Jobs`, -1);
		this.#state = state;
		this.#ledger.count(`${state}Jobs`, 1);
		if (state !== "running") this.#end();
	}

	send(message: QueueMessage): void {
		if (this.alive) this.#deliver(message);
	}

	/** Gives it the inputs that it was made without. */
	provide(inputs: readonly unknown[]): void {
		this.inputs = inputs;
		this.#takeInputs?.();
	}

	/** Waits for {@link provide}; false where that is too late, or nobody is there any more. */
	async waitForInputs(timeoutMs: number): Promise<boolean> {
		const { signal } = this.controller;
		if (this.inputs === undefined && !signal.aborted) {
			await new Promise<void>((resolve) => {
				const settle = (): void => {
					clearTimeout(timer);
					signal.removeEventListener("abort", settle);
					resolve();
				};
				const timer = setTimeout(settle, timeoutMs);
				signal.addEventListener("abort", settle);
				this.#takeInputs = settle;
			});
			this.#takeInputs = undefined;
		}
		return this.inputs !== undefined && this.alive;
	}

	/** Nobody wants it any more. */
	abandon(closesGenerator: boolean): void {
		this.alive = false;
		this.closesGenerator = closesGenerator;
		this.controller.abort();
	}
}
