import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSpaceport } from "@spaceport/core";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createLocal, type DownloadableModel } from "../src/index.ts";

const model: DownloadableModel = { id: "tiny", fileName: "tiny.gguf", bytes: 5, sha256: "0".repeat(64), sources: [] };
const noNetwork = (): never => {
	throw new Error("The network is not asked.");
};
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "spaceport-probe-"));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

test("a probe looks whether the weights are there, and neither loads nor fetches anything", async () => {
	const local = createLocal({ model, cacheDir: folder, offline: true, fetch: noNetwork });
	const spaceport = createSpaceport({ providers: [local] });
	expect(await spaceport.probe()).toMatchObject([
		{
			state: "cooling",
			code: "local-unavailable",
			message: 'The weights of tiny are not in the cache, and "offline" forbids to download them.',
		},
	]);
	await writeFile(join(folder, model.fileName), "1234");
	await expect(local.probe()).rejects.toMatchObject({ message: expect.stringContaining("it has 4 bytes instead of 5") });
	await writeFile(join(folder, model.fileName), "12345");
	expect(await spaceport.probe("local")).toMatchObject([{ state: "well" }]);
});

test("weights that may be fetched count as there", async () => {
	await createLocal({ model, cacheDir: folder, fetch: noNetwork }).probe();
});

test("a path that leads nowhere is told", async () => {
	const local = createLocal({ modelPath: join(folder, "none.gguf") });
	await expect(local.probe()).rejects.toMatchObject({ code: "local-unavailable", needed: join(folder, "none.gguf") });
});
