/**
 * Makes the recordings anew: `node packages/testkit/gradio/record.ts [version …]`. Every call is checked while it is recorded: the last step that the app wrote
 * down is the final value on the wire, and `/call` streams the same steps.
 */
import { deepStrictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";

import { type GradioServer, startGradioServer } from "../src/gradio/index.ts";
import { PlainClient, type PlainJoin, type PlainMessage } from "../src/gradio/plain-client.ts";
import { packSteps, type RecordingFile } from "../src/gradio/recording.ts";
import { currentGradioVersions, type GradioVersion, gradioFile, isGradioVersion } from "../src/gradio/versions.ts";

interface Plan {
	readonly endpoint: string;
	readonly data: readonly unknown[];
	/** Something that happens while the stream is read. */
	readonly meanwhile?: "cancel" | "wait-in-queue";
}

const system = "You are a helpful assistant.";
const chat = (query: string, meanwhile?: Plan["meanwhile"]): Plan => ({
	endpoint: "model_chat",
	data: [query, [], system],
	...(meanwhile === undefined ? {} : { meanwhile }),
});

const plans: Readonly<Record<string, Plan>> = {
	blank: chat("blank"),
	cancelled: chat("slow steps=200 ms=50", "cancel"),
	"crash-midway": chat("crash after=3: a secret of the server"),
	"crash-start": chat("crash: a secret of the server"),
	echo: chat("echo: Paris is the capital of France."),
	empty: chat("empty"),
	"error-midway": chat('fail after=3: The model\'s "worker" is gone'),
	"error-start": chat('fail: The model\'s "worker" is gone'),
	indent: chat("indent"),
	"json-values": {
		endpoint: "json_values",
		data: [
			'[{"a":1,"list":[1,2,3,4,5]},{"a":"1","list":[2,5],"b":null},{"list":[],"b":{"c":[true]}},[1,2],[2],["text"],["text more",null],null,{"":0}]',
		],
	},
	log: chat("log"),
	long: chat("long"),
	pending: chat('script: [null, "", "Paris", "Paris."]'),
	progress: chat("progress"),
	queued: chat("echo: at last", "wait-in-queue"),
	rewrite: chat("rewrite"),
	same: chat("same"),
	shrink: chat("shrink"),
	text: { endpoint: "text_stream", data: ["indent"] },
};

async function record(server: GradioServer, name: string, plan: Plan): Promise<void> {
	const { version } = server;
	const client = await PlainClient.connect(server);
	const identified = plan.data.map((value, index) =>
		index === 0 && typeof value === "string" && plan.endpoint !== "json_values" ? value.replace(/^\w+/, `$& id=${name}`) : value,
	);
	const join: PlainJoin = {
		data: identified,
		event_data: null,
		fn_index: client.functionIndex(plan.endpoint),
		trigger_id: 11,
		session_hash: createHash("sha256").update(name).digest("hex").slice(0, 12),
	};

	const before = plan.meanwhile === "wait-in-queue" ? await occupy(server, client) : undefined;
	const linesBefore = server.readLog().length;
	const eventId = await client.join(join);
	const parts: Uint8Array[] = [];
	let completed: PlainMessage | undefined;
	let generated = 0;
	for await (const message of client.messages(join.session_hash, (bytes) => parts.push(bytes))) {
		if (message.msg === "estimation" && before !== undefined) await before.leave();
		if (message.msg === "process_generating") generated++;
		if (generated === 3 && plan.meanwhile === "cancel" && message.msg === "process_generating") {
			await client.post("/cancel", { session_hash: join.session_hash, fn_index: join.fn_index, event_id: eventId });
		}
		if (message.msg === "process_completed") completed = message;
	}
	if (completed === undefined) throw new Error(`${version} ${name}: the stream ended without process_completed`);

	const steps = server
		.readLog()
		.slice(linesBefore)
		.filter(({ event, fn, id }) => event === "yield" && fn === plan.endpoint && (fn === "json_values" || id === name))
		.map(({ data }) => data as unknown[]);
	const final = completed.output?.data;
	if (completed.success === true && final !== undefined && steps.length > 0) deepStrictEqual(final, steps.at(-1));
	if (plan.meanwhile === undefined) {
		const called = await client.call(plan.endpoint, identified);
		// A server sends an error in place of the last value that it has.
		deepStrictEqual(called.values, steps, `${version} ${name}: /call streams other values`);
		deepStrictEqual(called.failed, completed.success !== true);
		if (steps.length > 0 && !called.failed) deepStrictEqual(called.final, final);
	}

	const file: RecordingFile = {
		version,
		name,
		endpoint: plan.endpoint,
		join,
		eventId,
		completed,
		steps: packSteps(steps),
	};
	const path = gradioFile(`recordings/${version}/${name}`);
	const bytes = Buffer.concat(parts);
	await writeFile(`${path}.sse`, bytes);
	await writeFile(`${path}.json`, `${JSON.stringify(file, null, 1)}\n`);
	process.stderr.write(`${version} ${name}: ${steps.length} steps, ${bytes.length} bytes\n`);
}

/** Takes the only slot of the server until it is left, and puts another call into the queue, so that the next one sees its position change. */
async function occupy(server: GradioServer, client: PlainClient): Promise<{ leave: () => Promise<void> }> {
	const id = "occupant";
	const join = (query: string, session_hash: string): Promise<string> =>
		client.join({
			data: [query, [], system],
			event_data: null,
			fn_index: client.functionIndex("model_chat"),
			trigger_id: 11,
			session_hash,
		});
	await join(`endless id=${id}`, "occupied0000");
	const messages = client.messages("occupied0000");
	await messages.next();
	await server.waitForLog((entry) => entry.id === id && entry.event === "yield");
	await join("echo: one before", "occupied0001");
	return {
		leave: async () => {
			await messages.return();
		},
	};
}

const asked = process.argv.slice(2);
const versions: readonly GradioVersion[] = asked.length > 0 ? asked.filter(isGradioVersion) : currentGradioVersions;
for (const version of versions) {
	const folder = gradioFile(`recordings/${version}`);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await using server = await startGradioServer({ version, concurrency: 1, logData: true });
	const config = await (await fetch(`${server.baseUrl}/config`)).text();
	await writeFile(`${folder}/config.json`, config);
	for (const [name, plan] of Object.entries(plans)) await record(server, name, plan);
}
