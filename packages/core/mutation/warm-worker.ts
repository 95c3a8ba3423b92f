import { BroadcastChannel } from "node:worker_threads";

import fc from "fast-check";
import { type RunnerTask, type RunnerTestFile, TestRunner } from "vitest";

import { patienceMs } from "./in-order.ts";
import { channelName, type Job, type JobResult, type Outcome, type Said, testId } from "./job.ts";

/** What the instrumented sources look at. */
interface MutationState {
	activeMutant?: string | undefined;
	currentTestId?: string | undefined;
	hitCount?: number | undefined;
	hitLimit?: number | undefined;
	mutantCoverage?: unknown;
}

interface Module {
	promise?: unknown;
	exports?: unknown;
	evaluated?: boolean;
	readonly importers: Set<string>;
}

/** What vitest's runner keeps to itself. */
interface Insides {
	/** Leaves out what is left of a file. */
	cancelRun: boolean;
	readonly workerState: {
		readonly ctx: { readonly files: { filepath: string }[] };
		readonly evaluatedModules: { readonly idToModuleMap: ReadonlyMap<string, Module> };
	};
}

// Always the same worlds, or a mutant would be killed one day and live the next; and no search for a smaller one: that it failed is all that is asked.
fc.configureGlobal({ seed: 20_261, endOnFailure: true });

const shared = globalThis as { __stryker__?: MutationState };
shared.__stryker__ ??= {};
const state: MutationState = shared.__stryker__;

/**
 * Runs jobs, one after the other, in one worker that never ends: the modules stay loaded, and one mutant costs no more than the tests that run against it.
 * Only for a mutant in code that runs when a module is loaded are the modules loaded anew.
 */
export default class WarmRunner extends TestRunner {
	readonly #channel = new BroadcastChannel(channelName);
	#job: Job | undefined;
	#outcomes: Outcome[] = [];
	#wake: ((job: Job) => void) | undefined;
	#waiting: Job[] = [];
	/** How many files vitest's loop has begun. */
	#position = 0;
	readonly #insides = this as unknown as Insides;

	constructor(config: ConstructorParameters<typeof TestRunner>[0]) {
		super(config);
		this.#channel.onmessage = ({ data }) => {
			const { job } = data as { readonly job?: Job };
			if (job === undefined) return;
			if (this.#wake === undefined) this.#waiting.push(job);
			else this.#wake(job);
		};
		// vitest hangs its reports on these: nobody reads them here.
		const hooks = { onTaskUpdate() {}, onCollected() {}, onAfterRunTask: (test: RunnerTask) => this.#tested(test) };
		for (const [name, hook] of Object.entries(hooks)) Object.defineProperty(this, name, { get: () => hook, set() {} });
	}

	onBeforeCollect([path = ""]: readonly string[]): void {
		this.#position++;
		this.config.testTimeout = patienceMs(path);
		this.config.hookTimeout = patienceMs(path);
		// Where a test stands is found out once; it takes most of the time in which a file is read.
		this.config.includeTaskLocation = this.#job?.tests === undefined && this.#job?.mutant === undefined;
		this.#say({ aliveMs: 30_000 });
		state.activeMutant = this.#job?.loads === true ? this.#job.mutant : undefined;
		state.currentTestId = undefined;
		this.#insides.cancelRun = false;
	}

	onBeforeRunFiles(files: RunnerTestFile[]): void {
		const job = this.#job;
		if (job === undefined) return;
		const wanted = job.tests === undefined ? undefined : new Set(job.tests);
		for (const file of files) select(file, wanted);
		state.activeMutant = job.mutant;
	}

	override async onBeforeRunTask(test: RunnerTask & { type: "test" }): Promise<void> {
		await super.onBeforeRunTask(test as never);
		state.currentTestId = this.#job?.mutant === undefined ? testId(test) : undefined;
		this.#say({ aliveMs: 20_000 + this.config.testTimeout });
	}

	#tested(test: RunnerTask): void {
		state.currentTestId = undefined;
		const { state: outcome, duration, errors } = test.result ?? {};
		if (this.#job === undefined || (outcome !== "pass" && outcome !== "fail")) return;
		this.#outcomes.push({
			id: testId(test),
			name: testId(test).slice(testId(test).indexOf("#") + 1),
			file: test.file.filepath,
			location: test.location,
			passed: outcome === "pass",
			ms: duration ?? 0,
			message: errors?.[0]?.message,
		});
		if (outcome === "fail" && this.#job.bail) this.#insides.cancelRun = true;
	}

	override async onAfterRunFiles(files: RunnerTestFile[]): Promise<void> {
		super.onAfterRunFiles(files as never);
		state.activeMutant = undefined;
		const queue = this.#insides.workerState.ctx.files;
		if (this.#job !== undefined) {
			const broken = files.find((file) => file.result?.state === "fail" && !this.#outcomes.some(({ passed }) => !passed));
			if (broken !== undefined) {
				const message = broken.result?.errors?.[0]?.message ?? "a hook failed";
				this.#outcomes.push({ id: `${broken.name}#`, name: "", file: broken.filepath, location: undefined, passed: false, ms: 0, message });
			}
			const over = this.#position === queue.length || (this.#job.bail && this.#outcomes.some(({ passed }) => !passed));
			if (!over) return;
			const result: JobResult = {
				outcomes: this.#outcomes,
				hits: state.hitCount ?? 0,
				coverage: this.#job.mutant === undefined ? state.mutantCoverage : undefined,
			};
			if (this.#job.loads) this.#forgetModules();
			this.#say({ result: JSON.parse(JSON.stringify(result)) as JobResult });
		} else this.#say({ ready: true });

		const job =
			this.#waiting.shift() ??
			(await new Promise<Job>((resolve) => {
				this.#wake = resolve;
			}));
		this.#wake = undefined;
		this.#job = job;
		this.#outcomes = [];
		state.hitCount = 0;
		state.hitLimit = job.hitLimit;
		if (job.loads) this.#forgetModules();
		// vitest's loop goes on with them.
		queue.length = this.#position;
		queue.push(...job.files.map((filepath) => ({ filepath })));
	}

	#say(said: Said): void {
		this.#channel.postMessage(said);
	}

	#forgetModules(): void {
		for (const [path, module] of this.#insides.workerState.evaluatedModules.idToModuleMap) {
			if (path.includes("/node_modules/") || path.includes("/core/mutation/")) continue;
			module.promise = undefined;
			module.exports = undefined;
			module.evaluated = false;
			module.importers.clear();
		}
	}
}

/** Leaves only the wanted tests to run. */
function select(task: RunnerTask, wanted: ReadonlySet<string> | undefined): boolean {
	if (task.type === "test") {
		if (wanted !== undefined && !wanted.has(testId(task))) task.mode = "skip";
		return task.mode !== "skip";
	}
	const any = task.tasks.map((child) => select(child, wanted)).includes(true);
	if (!any) task.mode = "skip";
	return any;
}
