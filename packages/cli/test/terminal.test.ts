import { PassThrough } from "node:stream";
import type { Chunk, ProgressChunk, SpaceportEvent } from "@spaceport/core";
import { describe, expect, it } from "vitest";
import { createNarrator } from "../src/story/narrator.ts";
import { createTerminal, type Terminal } from "../src/story/terminal.ts";

const eraseLine = "\r\u001b[2K";
const identity = { requestId: "r", provider: "local", model: "m", number: 1 };
const start: SpaceportEvent = { type: "attempt-start", ...identity };
const firstChunk: SpaceportEvent = { type: "first-chunk", ...identity, afterMs: 1 };
const download = (megabytes: number): ProgressChunk => ({
	type: "progress",
	stage: "downloading",
	index: megabytes * 1e6,
	length: 100e6,
	unit: "bytes",
	etaMs: 3000,
});

function open(isTTY: boolean, isShared = false, columns = 100) {
	const stream = Object.assign(new PassThrough(), { isTTY, columns }) as unknown as NodeJS.WriteStream & PassThrough;
	let shown = "";
	stream.setEncoding("utf8").on("data", (text: string) => {
		// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are tested elsewhere.
		shown += text.replace(/\u001b\[\d+m/g, "");
	});
	const terminal: Terminal = createTerminal(stream, isShared, (text) => text);
	const narrator = createNarrator(terminal);
	return { terminal, narrator, shown: () => shown, chunks: (...chunks: Chunk[]) => chunks.forEach(narrator.onChunk) };
}

describe("a download", () => {
	it("has a bar on a terminal, which makes room for lines that stay", () => {
		const { narrator, shown, chunks } = open(true);
		narrator.onEvent(start);
		chunks(download(50));
		narrator.onEvent({ type: "warning", ...identity, text: "odd" });
		expect(shown()).toBe(
			`local: asking${eraseLine}local: downloading the model  ████████████░░░░░░░░░░░░ 50 % of 100.0 MB  about 3 s left${eraseLine}local: odd\n`,
		);
	});

	it("is a line at each quarter elsewhere", () => {
		const { narrator, shown, chunks } = open(false);
		narrator.onEvent(start);
		chunks(...[0, 1, 24, 25, 26, 49, 74, 75, 99, 100].map(download));
		const shares = shown()
			.trimEnd()
			.split("\n")
			.map((line) => /\d+ %/.exec(line)?.[0]);
		expect(shares).toEqual(["0 %", "25 %", "74 %", "75 %", "100 %"]);
	});

	it("fits a narrow terminal", () => {
		const { narrator, shown, chunks } = open(true, false, 30);
		narrator.onEvent(start);
		chunks(download(50));
		for (const line of shown().split(eraseLine)) expect(line.length).toBeLessThan(30);
	});
});

it("a place in the queue is shown at once, whatever was shown before", () => {
	const { narrator, shown, chunks } = open(true);
	narrator.onEvent(start);
	chunks({ type: "queue-update", position: 3 }, { type: "queue-update", position: 2 });
	expect(shown()).toBe(`local: asking${eraseLine}local: in the queue, 3 before this one${eraseLine}local: in the queue, 2 before this one`);
});

it("the same place in the queue is told once where stderr is no terminal", () => {
	const { narrator, shown, chunks } = open(false);
	narrator.onEvent(start);
	chunks({ type: "queue-update", position: 1, etaMs: 9000 }, { type: "queue-update", position: 1, etaMs: 8000 });
	expect(shown()).toBe("local: in the queue, 1 before this one, about 9 s\n");
});

describe("while the answer is on the same terminal", () => {
	it("lines wait for its end, and the changing line is gone", () => {
		const { terminal, narrator, shown, chunks } = open(true, true);
		narrator.onEvent(start);
		narrator.onEvent(firstChunk);
		chunks({ type: "log", level: "info", text: "in the middle" }, { type: "progress", stage: "step", index: 1, length: 2 });
		expect(shown()).toBe(`local: asking${eraseLine}`);
		terminal.release();
		expect(shown()).toBe(`local: asking${eraseLine}local: in the middle\n`);
	});

	it("lines come at once where the answer goes elsewhere", () => {
		const { narrator, shown, chunks } = open(true, false);
		narrator.onEvent(firstChunk);
		chunks({ type: "log", level: "info", text: "in the middle" });
		expect(shown()).toContain("in the middle\n");
	});
});
