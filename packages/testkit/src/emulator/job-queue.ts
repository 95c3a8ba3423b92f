import type { Job } from "./job.ts";
import { nextTurn, turnOfLoop } from "./real-time.ts";
import { type FunctionSetting, outputsOf, runFunction } from "./run-function.ts";
import { editsBetween, snapshotOf } from "./value-edits.ts";

/** Bounds of the queue. */
export interface QueueOptions {
	/**
	 * How many jobs of one function run at once (of all functions together on 3.50); the others wait.
	 * @default no bound
	 */
	readonly concurrency?: number;
	/**
	 * How many may wait; one more is refused in the version's way.
	 * @default no bound
	 */
	readonly maxSize?: number;
}

/** How long the Space waits for the inputs that it asked for, by protocol. */
const inputsTimeoutMs = { websocket: 60_000, sse: 5_000 };

/** Runs jobs in the order in which they came, as many at once as it may. */
export class JobQueue {
	readonly #setting: FunctionSetting;
	readonly #concurrency: number;
	readonly maxSize: number;
	#waiting: Job[] = [];
	readonly #running = new Map<string, Set<Job>>();
	readonly #durations = new Map<string, { total: number; count: number }>();
	#scheduled = false;
	#stopped = false;

	constructor(setting: FunctionSetting, { concurrency = Number.POSITIVE_INFINITY, maxSize = Number.POSITIVE_INFINITY }: QueueOptions) {
		this.#setting = setting;
		this.#concurrency = concurrency;
		this.maxSize = maxSize;
	}

	/** How many jobs wait. */
	get size(): number {
		return this.#waiting.length;
	}

	get isFull(): boolean {
		return this.size >= this.maxSize;
	}

	/** Puts a job at the end and tells it its place. Ask {@link isFull} first. */
	push(job: Job): void {
		this.#waiting.push(job);
		this.#estimate(this.#line(job), job);
		this.#schedule();
	}

	/** The client of a job is gone. */
	leave(job: Job): void {
		if (this.#setting.profile.dropped === "closes") this.#end(job, true);
	}

	/** `/cancel`: the job is over for its client, who has been told so. */
	cancel(job: Job): void {
		const { cancel } = this.#setting.profile;
		if (job.state === "queued" && cancel !== "closes-and-unqueues") return;
		this.#end(job, cancel === "closes-and-unqueues" || (cancel === "closes" && job.steps > 0));
	}

	/** `/reset` of versions that stop a job by it. */
	reset(job: Job): void {
		this.#end(job, true);
	}

	/** Ends all jobs for good. */
	stop(): void {
		this.#stopped = true;
		for (const job of [...this.#waiting]) this.#end(job, true);
		for (const jobs of this.#running.values()) for (const job of jobs) job.abandon(true);
	}

	/** Runs a job at once, whatever the queue holds, and gives what `/run` answers. */
	async runAtOnce(job: Job): Promise<{ status: number; body: object }> {
		const { messages } = this.#setting;
		const startedAt = performance.now();
		job.become("running");
		try {
			const answer = await runFunction(this.#setting, job);
			let values = answer.kind === "values" ? answer.values : undefined;
			if (answer.kind === "steps") {
				const first = await answer.steps.next();
				values = first.done === true ? job.definition.outputs.map(() => null) : first.value;
				await answer.steps.return?.();
			}
			const data = outputsOf(this.#setting, job, values ?? []).map(snapshotOf);
			job.become(job.alive ? "completed" : "aborted");
			return { status: 200, body: messages.output(data, answer.kind === "steps", this.#timing(job, startedAt)) };
		} catch (error) {
			job.become(job.alive ? "failed" : "aborted");
			return { status: 500, body: messages.errorPayload(error) };
		}
	}

	/** The jobs that a job shares its slots with. */
	#key(job: Job): string {
		return this.#setting.profile.protocol === "websocket" ? "all" : job.name;
	}

	/** The jobs that a job waits in line with. */
	#line(job: Job): readonly Job[] {
		if (!this.#setting.profile.eventIds) return this.#waiting;
		return this.#waiting.filter((other) => other.name === job.name);
	}

	#estimate(line: readonly Job[], only?: Job): void {
		const queueSize = line.length;
		line.forEach((job, rank) => {
			if (only !== undefined && job !== only) return;
			const averageS = this.#average(job);
			const etaS = averageS === undefined ? undefined : averageS * (1 + rank / this.#concurrency);
			job.send(this.#setting.messages.estimation(job.id, { rank, queueSize, averageS, etaS }));
		});
	}

	/** Takes a job out of the queue, or ends it after its present step. */
	#end(job: Job, closesGenerator: boolean): void {
		if (job.state === "queued") {
			this.#waiting = this.#waiting.filter((other) => other !== job);
			job.become("aborted");
		}
		job.abandon(closesGenerator);
	}

	#schedule(): void {
		if (this.#scheduled || this.#stopped) return;
		this.#scheduled = true;
		turnOfLoop(() => {
			this.#scheduled = false;
			this.#startWhatMay();
		});
	}

	#startWhatMay(): void {
		if (this.#stopped) return;
		for (const job of [...this.#waiting]) {
			const running = this.#slots(job);
			if (running.size >= this.#concurrency) continue;
			this.#waiting = this.#waiting.filter((other) => other !== job);
			running.add(job);
			job.become("running");
			void this.#run(job).finally(() => {
				running.delete(job);
				this.#schedule();
			});
			this.#estimate(this.#line(job));
		}
	}

	#slots(job: Job): Set<Job> {
		const key = this.#key(job);
		const known = this.#running.get(key);
		if (known !== undefined) return known;
		const made = new Set<Job>();
		this.#running.set(key, made);
		return made;
	}

	async #run(job: Job): Promise<void> {
		const { profile, messages } = this.#setting;
		const startedAt = performance.now();
		if (profile.protocol === "websocket" || profile.protocol === "sse") {
			job.send(messages.sendData(job.id));
			if (!(await job.waitForInputs(inputsTimeoutMs[profile.protocol]))) {
				if (profile.protocol === "websocket") job.send(messages.dataTimeout());
				job.become("aborted");
				return;
			}
		}
		if (!job.alive) return job.become("aborted");
		job.send(messages.starts(job.id, this.#average(job)));
		let succeeded = false;
		try {
			succeeded = await this.#answer(job, startedAt);
		} catch (error) {
			job.send(messages.failed(job.id, error, job.steps > 0));
		}
		if (succeeded) this.#timed(job, startedAt);
		job.become(job.alive ? (succeeded ? "completed" : "failed") : "aborted");
	}

	/** @returns false where it was abandoned */
	async #answer(job: Job, startedAt: number): Promise<boolean> {
		const { messages } = this.#setting;
		const answer = await runFunction(this.#setting, job);
		if (answer.kind === "steps") return this.#steps(job, answer.steps, startedAt);
		if (!job.alive) return false;
		const data = outputsOf(this.#setting, job, answer.values).map(snapshotOf);
		job.send(messages.completed(job.id, data, this.#timing(job, startedAt), false));
		return true;
	}

	async #steps(
		job: Job,
		iterator: Iterator<readonly unknown[], void, void> | AsyncIterator<readonly unknown[], void, void>,
		startedAt: number,
	): Promise<boolean> {
		const { messages } = this.#setting;
		let steps = iterator;
		let last: readonly unknown[] | undefined;
		while (job.alive) {
			if (job.restarts) {
				job.restarts = false;
				const again = await runFunction(this.#setting, job);
				if (again.kind === "steps") steps = again.steps;
			}
			const next = await steps.next();
			if (!job.alive) break;
			if (next.done === true) {
				const data = last ?? job.definition.outputs.map(() => null);
				job.send(messages.completed(job.id, data, this.#timing(job, startedAt), last !== undefined));
				return true;
			}
			const now = outputsOf(this.#setting, job, next.value).map(snapshotOf);
			job.step();
			job.send(messages.generating(job.id, this.#toSend(job, last, now), this.#timing(job, startedAt)));
			last = now;
			await nextTurn();
		}
		if (job.closesGenerator) await steps.return?.();
		return false;
	}

	#toSend(job: Job, last: readonly unknown[] | undefined, now: readonly unknown[]): readonly unknown[] {
		const { profile } = this.#setting;
		if (last === undefined || job.whole || !profile.diffs) return now;
		return now.map((value, index) => {
			const edits = editsBetween(last[index], value, profile.deletes);
			return profile.opaqueJson && job.definition.outputs[index] === "json" && edits.length > 0 ? [["replace", [], value]] : edits;
		});
	}

	#average(job: Job): number | undefined {
		const durations = this.#durations.get(this.#key(job));
		return durations && durations.total / durations.count;
	}

	#timed(job: Job, startedAt: number): void {
		const key = this.#key(job);
		const { total, count } = this.#durations.get(key) ?? { total: 0, count: 0 };
		this.#durations.set(key, { total: total + (performance.now() - startedAt) / 1000, count: count + 1 });
	}

	#timing(job: Job, startedAt: number): { durationS: number; averageS: number } {
		const durationS = (performance.now() - startedAt) / 1000;
		return { durationS, averageS: this.#average(job) ?? durationS };
	}
}
