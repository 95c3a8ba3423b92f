import { createHash } from "node:crypto";

import type { CallContext, EmulatedFunction } from "../../src/emulator/index.ts";

/** What `gradio/apps/toolbox.py` tells of a file, in Python's words. */
function described(value: unknown, { read }: CallContext): string {
	const bytes = read(value);
	if (bytes === undefined) return "null";
	const { path, name } = value as { path?: string; name?: string };
	// Python's json escapes what is not ASCII.
	const fileName = String(path ?? name)
		.replace(/^.*\//, "")
		.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
	return `{"name": "${fileName}", "size": ${bytes.length}, "sha256": "${createHash("sha256").update(bytes).digest("hex")}"}`;
}

const text = { type: "textbox", name: "text", label: "Text" };
const output = { type: "textbox", label: "Output" };

/** Some of the functions of the toolbox app, for the emulator. They are called past the queue, which the app allows for all of its own. */
export const emulatedToolbox: Readonly<Record<string, EmulatedFunction>> = Object.fromEntries(
	Object.entries<EmulatedFunction>({
		describe_file: {
			inputs: [{ type: "file", name: "file", label: "File" }],
			outputs: [output],
			run: ([file], context) => [`[${described(file, context)}]`],
		},
		describe_files: {
			inputs: [{ type: "file", name: "files", label: "Files", fileCount: "multiple" }],
			outputs: [output],
			run: ([files], context) => [`[${((files ?? []) as unknown[]).map((file) => described(file, context)).join(", ")}]`],
		},
		document: {
			inputs: [text],
			outputs: [{ type: "file", label: "File" }, output],
			run: ([said], { file }) => {
				const bytes = Buffer.from(String(said));
				const sha256 = createHash("sha256").update(bytes).digest("hex");
				return [file(bytes, { name: "répons é & co.txt" }), `{"size": ${bytes.length}, "sha256": "${sha256}"}`];
			},
		},
		count: {
			inputs: [{ type: "state", name: "counter" }],
			outputs: [output, "state"],
			run: ([counter]) => [String(Number(counter ?? 0) + 1), Number(counter ?? 0) + 1],
		},
		whoami: {
			inputs: [text],
			outputs: [output],
			run: ([said], { user }) => [`{"user": ${user === undefined ? "null" : `"${user}"`}, "text": "${said}"}`],
		},
		unnamed: { inputs: [text], outputs: [output], visibility: "private", run: ([said]) => [`unnamed: ${said}`] },
		unqueued: { inputs: [text], outputs: [output], run: ([said]) => [`unqueued: ${said}`] },
	}).map(([name, definition]) => [name, { ...definition, queue: false }]),
);
