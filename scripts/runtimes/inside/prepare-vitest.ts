import { setSafeTimers } from "vitest/internal/browser";

/** A part of the names of the tests to run; empty for all. The bundler writes it here. */
declare const SPACEPORT_TEST_NAME: string;

/** What vitest's modules look up while they run: the state of a worker, as the pools of vitest make it. */
export function prepareVitest(file: string): object {
	const config = {
		root: "/",
		name: "",
		setupFiles: [],
		sequence: { hooks: "stack", setupFiles: "parallel", concurrent: false, shuffle: false, seed: 0 },
		testTimeout: 30_000,
		hookTimeout: 120_000,
		maxConcurrency: 5,
		retry: 0,
		repeats: 0,
		includeTaskLocation: false,
		passWithNoTests: false,
		allowOnly: false,
		...(SPACEPORT_TEST_NAME === "" ? {} : { testNamePattern: new RegExp(SPACEPORT_TEST_NAME) }),
		strictTags: false,
		tags: [],
		fakeTimers: {},
		taskTitleValueFormatTruncate: 40,
		expect: {},
		experimental: { importDurations: { limit: 0 } },
		snapshotOptions: { updateSnapshot: "none", expand: false },
		benchmark: { enabled: false },
	};
	const state = {
		config,
		filepath: file,
		providedContext: {},
		ctx: { pool: "threads" },
		environment: { name: "node" },
		onCleanup: () => {},
	};
	// The runner's own time limits do not run on the tests' fake clocks.
	setSafeTimers();
	Object.defineProperty(globalThis, "__vitest_worker__", { value: state, configurable: true, writable: true });
	return config;
}
