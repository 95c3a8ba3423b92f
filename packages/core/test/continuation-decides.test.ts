import { expect, test } from "vitest";

import { createAlignment } from "../src/chain/continuation/alignment.ts";
import { createRetrace } from "../src/chain/continuation/retrace.ts";
import { readVisible } from "../src/chain/continuation/visible-text.ts";

const long = "Once upon a time there was a king who had three daughters and lived by the sea. ";

/** What was seen when it was decided, and what was decided; `…` where it was not before the end. */
function decided(sent: string, next: string, way: "instruction" | "prefill" = "instruction") {
	const alignment = createAlignment({ sent, kind: "splice", way });
	let seen = "";
	let text = "";
	for (const unit of next.split("")) {
		seen += unit;
		text += alignment.take(unit);
		if (alignment.state !== "undecided") return [seen, alignment.how, text];
	}
	text += alignment.end();
	return ["…", alignment.how, text];
}

test.each<readonly [sent: string, next: string, outcome: readonly [seen: string, how: string, text: string]]>([
	// A repetition to its end, and no further.
	[`${long}The king`, "The king slept.", ["The king ", "overlap", " "]],
	[`${long}The king `, "The king slept.", ["The king ", "overlap", ""]],
	[`${long}The king `, "The king", ["…", "overlap", ""]],
	[`${long}The king`, "The king\n\nslept", ["The king\n\ns", "overlap", " s"]],
	[`${long}The king`, "The king\n\nSlept", ["The king\n\nS", "overlap", "\n\nS"]],
	[`${long}The king`, "The king\n\n", ["…", "overlap", "\n\n"]],
	[`${long}The king`, `The king${"\n".repeat(70)}slept`, [`The king${"\n".repeat(64)}`, "overlap", "\n".repeat(64)]],
	[`${long}The king`, '"The king" slept', ['"The king" ', "overlap", " "]],
	[`${long}The king`, '"The king', ["…", "overlap", ""]],
	[`${long}The king`, '"The king"\nslept', ['"The king"\ns', "overlap", " s"]],
	// One word may be chance, and the first of a lead-in.
	[`${long}He said`, "said no", ["said ", "overlap", " "]],
	[`${long}She is sure`, "sure of it", ["…", "overlap", " of it"]],
	[`${long}She is sure`, "Sure, continuing: of it", ["Sure, continuing: of i", "exact", " of i"]],
	[`${long}He was sorry`, "Sorry, but I can't help with that.", ["…", "refused", ""]],
	// An exact continuation, at once.
	[`${long}The king`, " slept", [" sl", "exact", " sl"]],
	[`${long}The ki`, "ng slept", ["ng s", "exact", "ng s"]],
	[`${long}The `, "queen", ["q", "exact", "q"]],
	[`${long}The king `, " slept", [" sl", "exact", "sl"]],
	[`${long}The king  `, " slept", [" sl", "exact", " sl"]],
	[`${long}The king\n`, " slept", [" sl", "exact", " sl"]],
	[`${long}The king `, " ", ["…", "exact", ""]],
	["```js\nlet a = ", " b", [" b", "exact", " b"]],
	[`${long}It is`, "Paris", ["…", "exact", " Paris"]],
	[`${long}It is`, "P", ["…", "exact", " P"]],
	// What is no continuation.
	[`${long}And then`, "Once upon a time there lived", ["Once upon a time there l", "diverged", ""]],
	[`${long}And then`, "Once upon a time there was a king", ["…", "shorter", ""]],
	[`${long}And the`, "# Another\n", ["# Another\n", "another-answer", ""]],
	[`${long}And the`, "Here is a list of fruits:\n\n1. Apple", ["Here is a list of fruits:\n\n1", "another-answer", ""]],
	// A separator row, to its end.
	["| a | b |\n|---", "|---|---|\n| 1 |", ["|---|---|\n", "overlap", "|---|\n"]],
	["| a | b |\n|---", "|---|\n| 1 |", ["|---|\n", "exact", "|---|\n"]],
	["| a | b |\n|---", "|---|---|", ["…", "overlap", "|---|"]],
	// A list's mark.
	["1. One\n2. ", "2. Two", ["2. Tw", "exact", "Tw"]],
	["1. One\n2.", "2. Two", ["2. Tw", "exact", " Tw"]],
])("behind %j: %j", (sent, next, outcome) => expect(decided(sent, next)).toEqual(outcome));

test.each<readonly [sent: string, next: string, outcome: readonly [seen: string, how: string, text: string]]>([
	[`${long}The king`, " slept", [" sl", "exact", " sl"]],
	[`${long}The king `, " slept", [" sl", "exact", "sl"]],
	[`${long}The king `, "slept", ["sl", "exact", "sl"]],
	[`${long}The king\n\n`, "\n\nslept", ["\n\nsl", "exact", "sl"]],
	["1. One", "2. Two", ["2. ", "exact", "2. "]],
	[`${long}It is`, "Paris", ["Pa", "exact", "Pa"]],
	[`${long}And then`, "I can't help with that.", ["I c", "exact", "I c"]],
	[`${long}And the`, "# Another\n", ["#", "exact", "#"]],
	[`${long}The caf`, "f\u00e9", ["fé", "exact", "fé"]],
])("after a prefill, behind %j: %j", (sent, next, outcome) => {
	const [seen, how, text] = decided(sent, next, "prefill");
	expect([how, text]).toEqual(outcome.slice(1));
	expect(seen).toBe(outcome[0]);
});

test("a beginning that the model has thought before is one", () => {
	const sent = "<think>Hm, a king.</think>\n\nThe king";
	const alignment = createAlignment({ sent, kind: "splice", way: "instruction" });
	expect([alignment.take("The king slept"), alignment.how]).toEqual([" slept", "same-start"]);
	const without = createAlignment({ sent: `A <think> is a tag. ${long}The`, kind: "splice", way: "instruction" });
	expect([without.take(` end`), without.how]).toEqual([" end", "exact"]);
});

test("what is waited for is bounded", () => {
	const sent = "ab ".repeat(20);
	const alignment = createAlignment({ sent, kind: "splice", way: "instruction" });
	const space = "\n".repeat(2 * sent.length + 999);
	expect(alignment.take(space)).toBe("");
	expect(alignment.state).toBe("undecided");
	alignment.take("\n");
	expect(alignment.state).toBe("aligned");
});

test("a table's long header is read to its end", () => {
	const header = `| ${"word ".repeat(200)}| b |\n|---|---|\n`;
	const sent = `${header}| one | two |\n`;
	const alignment = createAlignment({ sent, kind: "splice", way: "instruction" });
	expect(sent + alignment.take(`${header}| three | four |\n`)).toBe(`${sent}| three | four |\n`);
});

test("a retrace follows the text wherever it stands", () => {
	const sent = readVisible("One two. One three. One");
	const follow = (text: string, starts: readonly number[] = [0]) => {
		const retrace = createRetrace(sent, starts, 0);
		for (const character of text) retrace.step(character);
		const { alive, hits, stretch, fromStart } = retrace;
		return { alive, hits, stretch: sent.between(stretch.start, stretch.end), fromStart: sent.between(fromStart.start, fromStart.end) };
	};
	expect(follow("")).toMatchObject({ alive: true, hits: [], stretch: "", fromStart: "" });
	expect(follow("  ")).toMatchObject({ alive: true });
	expect(follow("x")).toMatchObject({ alive: false, hits: [], stretch: "", fromStart: "" });
	expect(follow("One")).toMatchObject({
		alive: true,
		hits: [{ start: 16, end: 3, first: "O", next: "" }],
		stretch: "One",
		fromStart: "One",
	});
	expect(follow("one, ")).toMatchObject({ alive: false, hits: [{ first: "o", next: "," }], stretch: "One", fromStart: "One" });
	expect(follow("One t")).toMatchObject({ alive: true, hits: [{ start: 16, end: 3, next: " " }], stretch: "One t", fromStart: "One t" });
	expect(follow("One three. One").hits).toMatchObject([{ start: 16 }, { start: 7, end: 14 }]);
	expect(follow("One th")).toMatchObject({ stretch: "One th", fromStart: "One t" });
	expect(follow("ree. One").hits).toMatchObject([{ start: 12, end: 8 }]);
	expect(follow("e").hits).toMatchObject([{ start: 18 }]);
	expect(follow("three", [0, 10])).toMatchObject({ alive: true, fromStart: "three", stretch: "three" });
	expect(follow("two", [0, 10])).toMatchObject({ fromStart: "t", stretch: "two" });
});

test("a letter is not repeated by the same one with an accent", () => {
	const sent = readVisible("Un petit cafe");
	const hits = (text: string) => {
		const retrace = createRetrace(sent, [0], 0);
		for (const character of text) retrace.step(character);
		return retrace.hits.map(({ end }) => end);
	};
	expect([hits("petit café"), hits("petit cafe"), hits("petit cafe\u0301")]).toEqual([[], [10], [10]]);
});

test("a text that repeats itself all over is followed from its end and its beginning", () => {
	const sent = readVisible(`b${"a ".repeat(600)}c`);
	const retrace = createRetrace(sent, [0], 0);
	for (const character of `${"a ".repeat(255)}c`) retrace.step(character);
	expect(retrace.hits).toMatchObject([{ start: 601 - 255 }]);
	const longer = createRetrace(sent, [0], 0);
	for (const character of `${"a ".repeat(300)}c`) longer.step(character);
	expect(longer.hits).toEqual([]);
	const whole = createRetrace(readVisible(`${"a ".repeat(600)}c`), [0], 0);
	for (const character of `${"a ".repeat(600)}c`) whole.step(character);
	expect(whole.hits).toMatchObject([{ start: 0 }]);
	const within = createRetrace(readVisible(`x${"a".repeat(600)}c`), [0], 0);
	for (const character of `${"a".repeat(255)}c`) within.step(character);
	expect(within.hits).toMatchObject([{ start: 601 - 255 }]);
});
