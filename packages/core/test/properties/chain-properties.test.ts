import { currentRuntime } from "@spaceport/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { judge } from "./judge.ts";
import { runWorld } from "./run-world.ts";
import { worlds, worldsThatBreak, worldsWithStrangers } from "./world.ts";

/** A hunt for more takes thousands. */
const numRuns = Number(process.env.SPACEPORT_PROPERTY_RUNS ?? 400);
/** The same worlds in every run, so that a change is what a failure is about. A hunt asks for others: `SPACEPORT_PROPERTY_SEED=$RANDOM`. */
const seed = Number(process.env.SPACEPORT_PROPERTY_SEED ?? 20_261_126);

beforeEach(({ skip }) => {
	if (!currentRuntime().hasNodeModules) skip("only a process tells of rejections that nobody handled");
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

test("whatever providers do, a request keeps its promises", { timeout: 3_600_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(worlds, async (world) => {
			expect(judge(world, await runWorld(world))).toEqual([]);
		}),
		{ numRuns, seed },
	);
});

test("who says something else is heard after a seam, where that is wanted, and nowhere else", { timeout: 3_600_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(worldsWithStrangers, async (world) => {
			expect(judge(world, await runWorld(world))).toEqual([]);
		}),
		{ numRuns, seed },
	);
});

test("however often an answer breaks off, its text comes once, and whole", { timeout: 3_600_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(worldsThatBreak, async (world) => {
			expect(judge(world, await runWorld(world))).toEqual([]);
		}),
		{ numRuns, seed },
	);
});

test("the same seed tells the same story", { timeout: 3_600_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(worlds, async (world) => {
			const [first, second] = [await runWorld(world), await runWorld(world)];
			expect(second.lines).toEqual(first.lines);
		}),
		{ numRuns: Math.ceil(numRuns / 4), seed },
	);
});
