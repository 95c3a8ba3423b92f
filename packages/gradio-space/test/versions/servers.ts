import {
	type GradioServer,
	type GradioServerOptions,
	type GradioVersion,
	startGradioServer,
	type TwinLogEntry,
} from "@spaceport/testkit/gradio";
import { afterAll, beforeAll } from "vitest";

import { createSpace, type GradioEvent, type Space, type SubmitOptions } from "../../src/index.ts";
import { collect } from "../support/collect.ts";
import { type Expectations, expectations } from "./expectations.ts";

/** A version under test: what is expected of it, and its servers, which run from before the first test until after the last one. */
export interface VersionUnderTest {
	readonly version: GradioVersion;
	readonly expected: Expectations;
	/** With room for many jobs at once. Its log has the data of every step. */
	readonly wide: RunningServer;
	/** With room for one job, and for one more in the queue. */
	readonly narrow: RunningServer;
	/** The app of the testkit with files, states, updates and inputs of every kind. */
	readonly toolbox: RunningServer;
	/** Asks for a password. */
	readonly locked: RunningServer;
}

/** A server that runs while tests do. */
export interface RunningServer {
	readonly server: GradioServer;
	/** A Space object that all tests share. */
	readonly space: Space;
	/** The outputs of each step of a call, the final ones being the last. */
	call(api: string, data: readonly unknown[], options?: SubmitOptions): Promise<(readonly unknown[])[]>;
	/** What the server's log has about a job, by the `id=` of its query. */
	logOf(id: string): readonly TwinLogEntry[];
}

/** The outputs in some events. */
export function outputsOf(events: readonly GradioEvent[]): (readonly unknown[])[] {
	return events.flatMap((event) => (event.type === "value" ? [event.data] : []));
}

/** Starts the servers of a version before the tests of a file, and ends them after. */
export function useServers(version: GradioVersion): VersionUnderTest {
	const all = {
		wide: useServer({ version, logData: true, concurrency: 30 }),
		narrow: useServer({ version, concurrency: 1, queueSize: 1 }),
		toolbox: useServer({ version, app: "toolbox" }),
		locked: useServer({ version, auth: { user: "ada", password: "s3cret" } }),
	};
	beforeAll(async () => {
		const started = await Promise.allSettled(Object.values(all).map((each) => each.start()));
		for (const result of started) if (result.status === "rejected") throw result.reason;
	});
	afterAll(() => Promise.all(Object.values(all).map((each) => each.stop())));
	return { version, expected: expectations[version], ...all };
}

function useServer(options: GradioServerOptions): RunningServer & { start(): Promise<void>; stop(): Promise<void> } {
	let running: { server: GradioServer; space: Space } | undefined;
	const get = (): { server: GradioServer; space: Space } => {
		if (running === undefined) throw new Error("The server is not there before the tests begin");
		return running;
	};
	return {
		async start() {
			const server = await startGradioServer(options);
			running = { server, space: createSpace(server.baseUrl) };
		},
		async stop() {
			await running?.server.stop();
		},
		get server() {
			return get().server;
		},
		get space() {
			return get().space;
		},
		async call(api, data, submitOptions) {
			return outputsOf(await collect(get().space.submit(api, data, submitOptions)));
		},
		logOf: (id) =>
			get()
				.server.readLog()
				.filter((entry) => entry.id === id),
	};
}
