import { type Fault, type FaultPoint, type SpaceEmulator, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { type GradioVersion, gradioVersions } from "@spaceport/testkit/gradio";
import { describe, test } from "vitest";

import { createSpace, type GradioEvent, type SpaceProtocol, type SubmitOptions } from "../src/index.ts";

/** Short for the silence that is waited for, endless for all other waits: a slow machine changes nothing. */
const shortMs = 200;
const longMs = 600_000;

interface Silence {
	readonly at: FaultPoint;
	/** How many messages of that name come before it. */
	readonly after?: number;
	/** What the call waits for then: an answer, or the next sign of life. */
	readonly phase: "connect" | "idle";
}

interface Protocol {
	readonly name: string;
	readonly version: GradioVersion;
	/** Forced, where it is not the one of the Space's config. */
	readonly protocol?: SpaceProtocol;
	readonly api: string;
	readonly data: readonly unknown[];
	readonly silences: readonly Silence[];
}

const config: readonly Silence[] = [
	{ at: "config", phase: "connect" },
	{ at: "config-body", phase: "connect" },
];
const messages: readonly Silence[] = [
	{ at: "stream-open", phase: "idle" },
	{ at: "estimation", phase: "idle" },
	{ at: "process_starts", phase: "idle" },
	{ at: "process_generating", phase: "idle" },
	{ at: "process_generating", after: 3, phase: "idle" },
];
const stream: readonly Silence[] = [{ at: "stream", phase: "connect" }, ...messages];

const chat = { api: "/text_stream", data: ["one two three four five"] };

function protocolsOf(version: GradioVersion): Protocol[] {
	const run: Protocol = {
		name: `/run of Gradio ${version}`,
		version,
		protocol: "run",
		api: "/unqueued",
		data: ["x"],
		silences: [...config, { at: "run", phase: "idle" }, { at: "run-body", phase: "idle" }],
	};
	const call: Protocol = {
		name: `/call of Gradio ${version}`,
		version,
		protocol: "call",
		...chat,
		silences: [...config, { at: "call", phase: "connect" }, { at: "call-body", phase: "connect" }, ...stream],
	};
	const queue = { name: `the queue of Gradio ${version}`, version, ...chat };
	if (version === "3.50.2") {
		const silences: Silence[] = [
			...config,
			{ at: "handshake", phase: "connect" },
			{ at: "send_hash", phase: "idle" },
			{ at: "send_data", phase: "idle" },
			// An open socket is not an answer: the server speaks first.
			...messages.map((silence): Silence => (silence.at === "stream-open" ? { ...silence, phase: "connect" } : silence)),
		];
		return [{ ...queue, silences }, run];
	}
	if (version === "4.0.2") {
		return [{ ...queue, silences: [...config, { at: "send_data", phase: "idle" }, { at: "data", phase: "connect" }, ...stream] }, run];
	}
	const joined: Protocol = {
		...queue,
		silences: [...config, { at: "join", phase: "connect" }, { at: "join-body", phase: "connect" }, ...stream],
	};
	return version === "4.16.0" || version === "4.19.2" ? [joined, run] : [joined, call, run];
}

/** The events of a call until it fails, and what it fails with. */
async function outcome(
	space: SpaceEmulator,
	{ api, data, protocol }: Protocol,
	options: SubmitOptions,
): Promise<{ types: string[]; error: unknown }> {
	const types: string[] = [];
	try {
		const events: AsyncIterable<GradioEvent> = createSpace(space.baseUrl).submit(api, data, { ...options, protocol });
		for await (const event of events) types.push(event.type);
	} catch (error) {
		return { types, error };
	}
	return { types, error: undefined };
}

/** Nothing of any call is left on the emulator: no request, no socket, no job. */
async function released(space: SpaceEmulator): Promise<void> {
	await space.waitFor(({ stats }) => {
		const { openRequests, openSockets, queuedJobs, runningJobs } = stats();
		return openRequests === 0 && openSockets === 0 && queuedJobs === 0 && runningJobs === 0;
	});
}

describe.each(gradioVersions.flatMap(protocolsOf))("$name", (protocol) => {
	test.concurrent.for(protocol.silences)("falls silent at $at (message $after)", async ({ at, after = 1, phase }, { expect }) => {
		const faults: Fault[] = [{ kind: "silent", at, after }];
		await using space = await startSpaceEmulator({ version: protocol.version, faults });
		const limits = phase === "connect" ? { connectMs: shortMs, idleMs: longMs } : { connectMs: longMs, idleMs: shortMs };
		const { types, error } = await outcome(space, protocol, { ...limits, totalMs: longMs });
		expect(error).toMatchObject({ name: "TimeoutError", code: "timeout", phase, afterMs: shortMs });
		expect(types.filter((type) => type === "value")).toHaveLength(at === "process_generating" ? after : 0);
		await released(space);
	});

	test.concurrent("is not silent once it has said all", async ({ expect }) => {
		await using space = await startSpaceEmulator({
			version: protocol.version,
			faults: [{ kind: "silent", at: "process_completed" }],
		});
		const { types, error } = await outcome(space, protocol, { connectMs: longMs, idleMs: 5_000, totalMs: longMs });
		expect(error).toBeUndefined();
		expect(types.at(-1)).toBe("value");
		await released(space);
	});
});

test.concurrent.for(["4.16.0", "5.50.0", "6.31.0"] as const)(
	"Gradio %s with nothing but heartbeats is alive, until the call has taken too long",
	async (version, { expect }) => {
		await using space = await startSpaceEmulator({
			version,
			heartbeatMs: 10,
			functions: {
				waits: {
					inputs: ["textbox"],
					outputs: ["textbox"],
					run: async function* (_, { signal }) {
						await new Promise((resolve) => signal.addEventListener("abort", resolve));
						yield ["too late"];
					},
				},
			},
		});
		const waits = { name: "", version, api: "/waits", data: [""], silences: [] };
		// The idle limit passes several times before the total does.
		const { error } = await outcome(space, waits, { connectMs: longMs, idleMs: 1_000, totalMs: 3_000 });
		expect(error).toMatchObject({ code: "timeout", phase: "total", afterMs: 3_000 });
		await released(space);
	},
);

test.concurrent("a server that does not answer the requests that end a job keeps nothing", async ({ expect }) => {
	await using space = await startSpaceEmulator({
		version: "4.21.0",
		faults: [
			{ kind: "silent", at: "process_generating" },
			{ kind: "silent", at: "reset" },
		],
	});
	const { error } = await outcome(space, { name: "", version: "4.21.0", ...chat, silences: [] }, { connectMs: 2_000, idleMs: shortMs });
	expect(error).toMatchObject({ code: "timeout", phase: "idle" });
	await space.waitFor(({ stats }) => stats().requests["POST /reset"] === 1);
	await released(space);
});
