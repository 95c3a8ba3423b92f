import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GradioServer, gradioRequirement, gradioVersions, startGradioServer } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { bundlePage, entryFile } from "../size/bundle-page.ts";
import { runPage } from "../size/run-page.ts";

/** The protocols of those before are loaded late. */
const present = gradioVersions.filter((version) => !/^(?:3|4\.0)\./.test(version));

let folder = "";

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "spaceport-page-"));
	await bundlePage(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

// What a page loads is counted with the emulator: it must not be less than with the real thing.
for (const version of present) {
	const { skip } = await gradioRequirement([version]);
	describe.skipIf(skip)(`a page on Gradio ${version}`, () => {
		let server: GradioServer;
		beforeAll(async () => {
			server = await startGradioServer({ version, concurrency: 1 });
		}, 240_000);
		afterAll(() => server?.stop());

		test("loads nothing but its first file for a conversation", { timeout: 120_000 }, async () => {
			const { answers, loaded } = await runPage(folder, server.baseUrl, ["Hello there.", "And again?"]);
			expect(answers).toEqual([expect.stringContaining("Hello there."), expect.stringContaining("And again?")]);
			expect(loaded).toEqual([entryFile]);
		});
	});
}
