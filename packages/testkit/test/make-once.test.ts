import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { makeOnce } from "../src/machine/make-once.ts";

const deadProcess = 2 ** 22 + 1;
let parent: string;

beforeEach(async () => {
	parent = await mkdtemp(join(tmpdir(), "spaceport-make-once-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

async function fill(folder: string): Promise<void> {
	await mkdir(folder);
	await writeFile(join(folder, "file"), "whole");
}

test("two that ask at once make it once", async () => {
	let made = 0;
	const make = async (folder: string): Promise<void> => {
		made++;
		await fill(folder);
	};
	const results = await Promise.all([makeOnce(join(parent, "x"), make), makeOnce(join(parent, "x"), make)]);
	expect(made).toBe(1);
	expect(results.sort()).toEqual([false, true]);
	expect(await readdir(parent)).toEqual(["x"]);
});

test("leaves nothing where making fails, and can be asked again", async () => {
	const failing = makeOnce(join(parent, "x"), async (folder) => {
		await fill(folder);
		throw new Error("half way");
	});
	await expect(failing).rejects.toThrow("half way");
	expect(await readdir(parent)).toEqual([]);
	expect(await makeOnce(join(parent, "x"), fill)).toBe(true);
});

test("takes over from a process that is gone", async () => {
	await writeFile(join(parent, "x.lock"), String(deadProcess));
	await fill(join(parent, `x.unfinished-${deadProcess}`));
	expect(await makeOnce(join(parent, "x"), fill)).toBe(true);
	expect(await readdir(parent)).toEqual(["x"]);
});
