import { describe, expect, test } from "vitest";
import { StopWatch } from "../src/generate/stop-watch.ts";
import { TokenText } from "../src/generate/token-text.ts";

const text = 'Grüße, мир! 你好 👩‍👩‍👧 "x" 𝄞\u0301 é';

describe("text from tokens", () => {
	/** Each token is some bytes; what they mean together is the text. */
	const detokenize = (tokens: readonly Uint8Array[]): string => Buffer.concat(tokens).toString("utf8");

	test.each([1, 2, 3, 5, 7])("is whole and well-formed where tokens have %i bytes", (size) => {
		const bytes = Buffer.from(text);
		const tokens = new TokenText<Uint8Array>(detokenize);
		let out = "";
		for (let at = 0; at < bytes.length; at += size) {
			const piece = tokens.push(bytes.subarray(at, at + size));
			expect(piece.isWellFormed()).toBe(true);
			expect(piece).not.toContain("\uFFFD");
			out += piece;
		}
		expect(out).toBe(text);
	});

	test("a character that is never finished does not come out", () => {
		const tokens = new TokenText<Uint8Array>(detokenize);
		const half = Buffer.from("a👩").subarray(0, 3);
		expect([...half].map((byte) => tokens.push(Uint8Array.of(byte))).join("")).toBe("a");
	});

	test("bytes that are no text do not hold back what follows", () => {
		const tokens = new TokenText<Uint8Array>(detokenize);
		expect(tokens.push(Uint8Array.of(0x80)) + tokens.push(Buffer.from("ok"))).toBe("\uFFFDok");
	});
});

describe("stop strings", () => {
	function watch(stops: readonly string[], pieces: readonly string[]): { out: string; stopped: boolean } {
		const stopWatch = new StopWatch(stops);
		let out = "";
		for (const piece of pieces) {
			const step = stopWatch.push(piece);
			out += step.text;
			if (step.stopped) return { out, stopped: true };
		}
		return { out: out + stopWatch.end(), stopped: false };
	}

	test("end the text before them, wherever the pieces are cut", () => {
		expect(watch(["END"], [..."one ENTER two END three"])).toEqual({ out: "one ENTER two ", stopped: true });
		expect(watch(["END"], ["one EN", "D"])).toEqual({ out: "one ", stopped: true });
		expect(watch(["aab"], [..."aaab"])).toEqual({ out: "a", stopped: true });
	});

	test("the first of several counts", () => {
		expect(watch(["two", "one"], ["zero one two"])).toEqual({ out: "zero ", stopped: true });
	});

	test("what only looked like one comes out in the end", () => {
		expect(watch(["END"], ["the EN"])).toEqual({ out: "the EN", stopped: false });
		expect(watch([], ["all", " of it"])).toEqual({ out: "all of it", stopped: false });
	});

	test("do not split a surrogate pair", () => {
		expect(watch(["😀"], ["😁", "😀"])).toEqual({ out: "😁", stopped: true });
	});
});
