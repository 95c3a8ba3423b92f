import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SpaceEmulator, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { bundlePage, entryFile } from "../size/bundle-page.ts";
import { runPage } from "../size/run-page.ts";

let folder = "";
let files: readonly string[] = [];
let space: SpaceEmulator;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "spaceport-page-"));
	files = await bundlePage(folder);
	space = await startSpaceEmulator();
});

afterAll(async () => {
	await space.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** Parts that no chat with a present Gradio needs as long as all goes well. */
const later = ["course", "queue-limiter", "to-spaceport-error", "scrub", "web-socket-job", "sse-job", "call-job", "run-job"];
const rare = [
	...later,
	"end-remote-job",
	"reach-down-space",
	"hub-stages",
	"wake-space",
	"create-session",
	"introspection",
	"log-in",
	"send-by-ky",
	"ask-on",
	"parse-events",
	"tools",
	"fit-request",
	"health-book",
	"explain-request",
	"standalone-host",
	"validate-request",
];

describe("a page", () => {
	test("loads nothing but what a conversation needs", async () => {
		const { answers, loaded } = await runPage(folder, space.baseUrl, ["Hello there.", "And again?"]);
		expect(answers).toEqual([expect.stringContaining("Hello there."), expect.stringContaining("And again?")]);
		expect(loaded).toContain(entryFile);
		expect(files).toEqual(expect.arrayContaining(rare.map((name) => `${name}.js`)));
		expect(loaded.filter((file) => rare.includes(file.replace(".js", "")))).toEqual([]);
	});

	test("loads the words of an error with the first error, and asks again", async () => {
		space.setFaults([{ at: "join", kind: "status", status: 503, body: "Busy." }]);
		try {
			const { answers, loaded } = await runPage(folder, space.baseUrl, ["Hello?"]);
			expect(answers).toMatchObject([{ code: "chain-exhausted", message: expect.stringContaining("network") }]);
			expect(loaded).toEqual(expect.arrayContaining(["to-spaceport-error.js", "course.js"]));
		} finally {
			space.setFaults([]);
		}
	});

	test("whose files are gone ends in a typed error, and goes on where it needs none of them", async () => {
		for (const file of readdirSync(folder)) if (rare.includes(file.replace(".js", ""))) rmSync(join(folder, file));
		space.setFaults([{ at: "join", kind: "status", status: 503, body: "Busy." }]);
		const { answers } = await runPage(folder, space.baseUrl, ["Hello?"]);
		expect(answers).toMatchObject([{ code: "chain-exhausted", message: expect.stringMatching(/network: .*"status".*cannot be loaded/) }]);
		space.setFaults([]);
		expect((await runPage(folder, space.baseUrl, ["Hello?"])).answers).toEqual([expect.stringContaining("Hello?")]);
	});
});
