import { readdir, readFile } from "node:fs/promises";

import type { PlainConfig, PlainJoin } from "./plain-client.ts";
import { type GradioVersion, gradioFile } from "./versions.ts";

/** One call to a real Gradio server: the bytes of its event stream, and what the app did on the other side. */
export interface Recording {
	readonly version: GradioVersion;
	/** Such as `long` or `error-midway`: the name of its file. */
	readonly name: string;
	/** The endpoint that was called, without the slash. */
	readonly endpoint: string;
	/** The server's whole `/config`; kept once for each version. */
	readonly config: PlainConfig;
	/** The body of the request that joined the queue. */
	readonly join: PlainJoin;
	/** The id that the server gave to the call. */
	readonly eventId: string;
	/** The list of outputs after each step, as the app wrote them down, not as they were read from the stream. */
	readonly steps: readonly (readonly unknown[])[];
	/** What the stream ended in: the last message of this call. */
	readonly completed: Readonly<Record<string, unknown>>;
	/** The bytes of `/queue/data` from beginning to end. */
	readonly bytes: Uint8Array;
}

/**
 * A recording as it is kept: each step is what stays of the JSON text of the step before (a number of UTF-16 code units from its beginning) and what follows.
 */
export interface RecordingFile extends Omit<Recording, "config" | "steps" | "bytes"> {
	readonly steps: readonly (readonly [keep: number, tail: string])[];
}

/** The names of all recordings of a version, sorted. */
export async function recordingNames(version: GradioVersion): Promise<string[]> {
	const names = await readdir(gradioFile(`recordings/${version}`));
	return names
		.filter((name) => name.endsWith(".sse"))
		.map((name) => name.slice(0, -".sse".length))
		.sort();
}

/** Reads a recording of a real server. */
export async function readRecording(version: GradioVersion, name: string): Promise<Recording> {
	const path = gradioFile(`recordings/${version}/${name}`);
	const file = JSON.parse(await readFile(`${path}.json`, "utf8")) as RecordingFile;
	const config = JSON.parse(await readRecordedConfig(version)) as PlainConfig;
	return { ...file, config, steps: unpackSteps(file.steps), bytes: new Uint8Array(await readFile(`${path}.sse`)) };
}

/** The text of a real server's `/config`, as it came: its `app_id` has more digits than a number can hold. */
export function readRecordedConfig(version: GradioVersion): Promise<string> {
	return readFile(gradioFile(`recordings/${version}/config.json`), "utf8");
}

/** Packs steps for a {@link RecordingFile}. */
export function packSteps(steps: readonly (readonly unknown[])[]): [number, string][] {
	let before = "";
	return steps.map((step) => {
		const text = JSON.stringify(step);
		let keep = 0;
		while (keep < before.length && before[keep] === text[keep]) keep++;
		// Not between the halves of a surrogate pair: half of one cannot be written to a file.
		if (keep > 0 && /[\ud800-\udbff]/.test(text[keep - 1] ?? "")) keep--;
		before = text;
		return [keep, text.slice(keep)];
	});
}

function unpackSteps(steps: RecordingFile["steps"]): unknown[][] {
	let text = "";
	return steps.map(([keep, tail]) => {
		text = text.slice(0, keep) + tail;
		return JSON.parse(text) as unknown[];
	});
}
