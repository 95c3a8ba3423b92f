import { expect, it } from "vitest";
import { formatDuration, formatSeconds, parseDuration } from "../src/duration.ts";

it.each([
	["90", 90_000],
	["90s", 90_000],
	["2m", 120_000],
	["1500ms", 1500],
	["1.5 s", 1500],
	[".5", 500],
	["1h", 3_600_000],
])("%s is %d ms", (text, milliseconds) => {
	expect(parseDuration(text)).toBe(milliseconds);
});

it.each(["", "0", "-1", "soon", "1d", "1 2", "1e3", "0ms", "Infinity", "."])("%j is no length of time", (text) => {
	expect(parseDuration(text)).toBeUndefined();
});

it("is written for people", () => {
	expect([0, 449, 9949, 9950, 59_499, 60_000, 185_000].map(formatDuration)).toEqual([
		"0.0 s",
		"0.4 s",
		"9.9 s",
		"10 s",
		"59 s",
		"1 min",
		"3 min 5 s",
	]);
	expect([1, 1499, 61_000].map(formatSeconds)).toEqual(["1 s", "1 s", "1 min 1 s"]);
});
