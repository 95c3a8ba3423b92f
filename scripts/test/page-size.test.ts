import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultFunctions, type EmulatedFunction, type SpaceEmulator, startSpaceEmulator } from "@spaceport/testkit/emulator";
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
	"bind-endpoint",
	"parse-events",
	"tools",
	"fit-request",
	"health-book",
	"explain-request",
	"standalone-host",
	"resolve-route",
	"prefer-model",
	"validate-request",
];

/** Says something else first, and then what it was asked. */
const rewriting: EmulatedFunction = {
	inputs: ["textbox", "chatbot", "textbox"],
	outputs: ["textbox", "chatbot", "textbox"],
	*run([question], { turn }) {
		for (const answer of [" ", "  ", `You said: ${question}`]) yield ["", turn(String(question), answer), "."];
		yield ["", turn(String(question), `You said: ${question}`), ""];
	},
};

async function asBefore(): Promise<void> {
	space.setFaults([]);
	await space.restart({ functions: defaultFunctions });
}

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

	const unusual = [
		["redirects", "ask-on", async () => space.setFaults([{ at: "config", kind: "redirect", location: "/config", times: 1 }])],
		[
			"events in other forms than Gradio's",
			"parse-events",
			async () => space.setFaults([{ kind: "garbage", before: 1, bytes: ": a comment\n\n" }]),
		],
		["steps that are not one text that grew", "tools", async () => space.restart({ functions: { model_chat: rewriting } })],
		[
			"functions that lost their names",
			"bind-endpoint",
			async () => space.restart({ functions: { model_chat: { ...rewriting, visibility: "private" } } }),
		],
	] as const;

	test.each(unusual)("loads what reads %s when they come", async (_, part, strike) => {
		await strike();
		try {
			const { answers, loaded } = await runPage(folder, space.baseUrl, ["Hello?"]);
			expect(answers).toEqual([expect.stringContaining("Hello?")]);
			expect(loaded).toContain(`${part}.js`);
		} finally {
			await asBefore();
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

	test.each(unusual)("without what reads %s ends in a typed error", async (_, part, strike) => {
		expect(readdirSync(folder)).not.toContain(`${part}.js`);
		await strike();
		try {
			const { answers } = await runPage(folder, space.baseUrl, ["Hello?"]);
			expect(answers).toMatchObject([
				{ code: expect.stringMatching(/^(?:chain-exhausted|stream-interrupted)$/), message: expect.stringContaining("cannot be loaded") },
			]);
		} finally {
			await asBefore();
		}
	});
});
