import { globSync } from "node:fs";
import { resolve } from "node:path";
import { BroadcastChannel, type Worker } from "node:worker_threads";

import type { MutantCoverage } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
	type DryRunOptions,
	type DryRunResult,
	DryRunStatus,
	type MutantRunOptions,
	type MutantRunResult,
	MutantRunStatus,
	type TestResult,
	type TestRunner,
	type TestRunnerCapabilities,
	TestStatus,
} from "@stryker-mutator/api/test-runner";
import { createVitest, type Vitest } from "vitest/node";

import { inOrder } from "./in-order.ts";
import { channelName, type Job, type JobResult, type Outcome, type Said } from "./job.ts";

const config = "packages/core/mutation/vitest.config.ts";
const idle = "packages/core/mutation/idle.test.ts";

/** Runs the tests in one warm worker (see warm-worker.ts), where Stryker's own runner starts one for each mutant: some twenty times as fast. */
class WarmVitestRunner implements TestRunner {
	#vitest: Vitest | undefined;
	#channel: BroadcastChannel | undefined;
	#worker: Worker | undefined;
	#answer: ((said: Said) => void) | undefined;

	capabilities(): TestRunnerCapabilities {
		return { reloadEnvironment: true };
	}

	async init(): Promise<void> {
		process.env.NODE_ENV = "test";
		process.env.VITEST = "1";
		this.#channel = new BroadcastChannel(channelName);
		this.#channel.onmessage = ({ data }) => this.#answer?.(data as Said);
		process.once("worker", (worker: Worker) => {
			this.#worker = worker;
		});
		this.#vitest = await createVitest("test", {
			config,
			watch: false,
			pool: "threads",
			maxWorkers: 1,
			reporters: [{}],
			includeTaskLocation: true,
		});
		const ready = this.#listen();
		// It never ends: the worker waits for jobs.
		void this.#vitest.start([idle]).catch(() => undefined);
		await ready;
	}

	async dryRun({ testFiles }: DryRunOptions): Promise<DryRunResult> {
		const files = inOrder(testFiles ?? allTests(), "");
		const job: Job = { files, tests: undefined, mutant: undefined, loads: false, bail: false, hitLimit: undefined };
		const result = await this.#run(job);
		if (result === undefined) return { status: DryRunStatus.Timeout };
		const { outcomes, coverage } = result;
		return { status: DryRunStatus.Complete, tests: outcomes.map(toTestResult), mutantCoverage: coverage as MutantCoverage };
	}

	async mutantRun({
		activeMutant,
		testFilter,
		hitLimit: most,
		mutantActivation,
		disableBail,
		sandboxFileName,
	}: MutantRunOptions): Promise<MutantRunResult> {
		const files =
			testFilter === undefined
				? allTests()
				: [...new Set(testFilter.map((id) => id.slice(0, id.indexOf("#"))))].map((file) => resolve(file));
		// Stryker allows a hundred times as much as all tests together need, because some look for smaller examples; these do not.
		const hitLimit = most === undefined ? undefined : Math.ceil(most / 10);
		const loads = mutantActivation === "static";
		const job: Job = {
			files: inOrder(files, sandboxFileName),
			tests: testFilter,
			mutant: activeMutant.id,
			loads,
			bail: !disableBail,
			hitLimit,
		};
		if (job.files.length === 0) return { status: MutantRunStatus.Survived, nrOfTests: 0 };
		let result = await this.#run(job);
		let killer = killerOf(result);
		if (killer !== undefined && hitLimit !== undefined && (result?.hits ?? 0) > hitLimit) {
			return { status: MutantRunStatus.Timeout, reason: `Hit limit reached (${result?.hits}/${hitLimit})` };
		}
		if (killer !== undefined && !(await this.#passesWithout(killer))) {
			// The mutant left something behind that fails the test by itself. In a fresh worker it has to do so by its own doing.
			await this.#renew();
			result = await this.#run(job);
			killer = killerOf(result);
			if (killer !== undefined && !(await this.#passesWithout(killer))) await this.#renew();
		}
		if (result === undefined) {
			await this.#renew();
			return { status: MutantRunStatus.Timeout, reason: "The worker went round in circles." };
		}
		if (killer === undefined) return { status: MutantRunStatus.Survived, nrOfTests: result.outcomes.length };
		return {
			status: MutantRunStatus.Killed,
			failureMessage: killer.message ?? "",
			killedBy: [killer.id],
			nrOfTests: result.outcomes.length,
		};
	}

	async dispose(): Promise<void> {
		this.#channel?.close();
		await this.#worker?.terminate();
		// With its worker gone it may wait for it.
		await Promise.race([this.#vitest?.close(), new Promise((resolve) => setTimeout(resolve, 500))]);
	}

	async #renew(): Promise<void> {
		await this.dispose();
		await this.init();
	}

	async #passesWithout({ id, file, name }: Outcome): Promise<boolean> {
		const tests = name === "" ? undefined : [id];
		const result = await this.#run({ files: [file], tests, mutant: undefined, loads: false, bail: true, hitLimit: undefined });
		return result?.outcomes.every(({ passed }) => passed) === true;
	}

	/** Has a job done: undefined where the worker went round in circles. */
	async #run(job: Job): Promise<JobResult | undefined> {
		const done = this.#listen();
		this.#channel?.postMessage({ job });
		return (await done)?.result;
	}

	/** Waits for the worker to be ready, or done with a job, as long as it is alive. */
	#listen(): Promise<Said | undefined> {
		return new Promise((resolve) => {
			const giveUp = (): void => {
				this.#answer = undefined;
				resolve(undefined);
			};
			let timer = setTimeout(giveUp, 60_000);
			this.#answer = (said) => {
				clearTimeout(timer);
				if (said.aliveMs === undefined) resolve(said);
				else timer = setTimeout(giveUp, said.aliveMs);
			};
		});
	}
}

function killerOf(result: JobResult | undefined): Outcome | undefined {
	return result?.outcomes.find(({ passed }) => !passed);
}

function allTests(): string[] {
	return globSync("packages/core/test/**/*.test.ts").map((file) => resolve(file));
}

function toTestResult({ id, name, file, location, passed, ms, message }: Outcome): TestResult {
	const common = {
		id,
		name,
		timeSpentMs: ms,
		fileName: file,
		...(location === undefined ? {} : { startPosition: { line: location.line - 1, column: location.column - 1 } }),
	};
	return passed ? { ...common, status: TestStatus.Success } : { ...common, status: TestStatus.Failed, failureMessage: message ?? "" };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "warm-vitest", WarmVitestRunner)];
