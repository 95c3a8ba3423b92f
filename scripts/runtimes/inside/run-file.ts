import { currentRuntime } from "@spaceport/testkit";
import { createExpect } from "vitest";
import { startTests } from "vitest/internal/browser";
import type { FileOutcome, TestOutcome } from "../tunnel/messages.ts";
import { prepareVitest } from "./prepare-vitest.ts";

/** What is read of vitest's tasks. */
interface Task {
	readonly type: string;
	readonly name: string;
	readonly mode: string;
	readonly tasks?: readonly Task[];
	readonly result?: {
		readonly state?: string;
		readonly note?: string;
		readonly errors?: readonly { readonly name?: string; readonly message?: string; readonly stack?: string; readonly diff?: string }[];
	};
}

/**
 * Runs one test file with vitest's own runner, `expect` and `vi`, in whatever runtime this is.
 *
 * @param file - its path in the workspace
 * @param load - imports it
 */
export async function runFile(file: string, load: () => Promise<unknown>): Promise<FileOutcome> {
	const errors: string[] = [];
	const unhandled = (event: Event): void => {
		const { reason, error, message } = event as Event & { readonly reason?: unknown; readonly error?: unknown; readonly message?: unknown };
		errors.push(`not handled: ${describe(reason ?? error ?? message)}`);
	};
	globalThis.addEventListener("unhandledrejection", unhandled);
	globalThis.addEventListener("error", unhandled);
	const config = prepareVitest(file);
	const runner = {
		config,
		importFile: load,
		extendTaskContext(context: object) {
			let own: unknown;
			Object.defineProperty(context, "expect", {
				get() {
					own ??= createExpect((context as { readonly task: never }).task);
					return own;
				},
			});
			return context;
		},
	};
	const [collected] = (await startTests([file], runner as never)) as unknown as readonly Task[];
	// What is rejected at the very end is told a turn later.
	await new Promise((resolve) => setTimeout(resolve, 0));
	const tests: TestOutcome[] = [];
	if (collected !== undefined) collectOutcomes(collected, [], tests, errors);
	return { file, tests, errors, runtime: currentRuntime() };
}

function collectOutcomes(task: Task, path: readonly string[], tests: TestOutcome[], errors: string[]): void {
	const failures = task.result?.errors?.map((error) =>
		[error.stack ?? error.message ?? String(error), error.diff].filter(Boolean).join("\n"),
	);
	if (task.type !== "test") {
		for (const failure of failures ?? []) errors.push(failure);
		for (const child of task.tasks ?? []) collectOutcomes(child, child.type === "test" ? path : [...path, child.name], tests, errors);
		return;
	}
	const name = [...path, task.name].join(" > ");
	const state = task.result?.state;
	if (state === "pass") tests.push({ name, state: "passed" });
	else if (state === "fail") tests.push({ name, state: "failed", errors: failures ?? [] });
	else tests.push({ name, state: "skipped", reason: task.result?.note });
}

function describe(value: unknown): string {
	return value instanceof Error ? (value.stack ?? String(value)) : String(value);
}
