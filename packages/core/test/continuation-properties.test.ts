import fc from "fast-check";
import { expect, test } from "vitest";

import { createAlignment } from "../src/chain/continuation/alignment.ts";
import { composeContinuation } from "../src/chain/continuation/compose-continuation.ts";
import { continuationKind } from "../src/chain/continuation/continuation-kind.ts";

const settings = {
	numRuns: Number(process.env.SPACEPORT_PROPERTY_RUNS ?? 600),
	seed: Number(process.env.SPACEPORT_PROPERTY_SEED ?? 20_261),
};

const vocabulary = {
	english: "quick brown fox jumps over lazy dog near river under bridge while birds sing loudly above green hills".split(" "),
	german: "schnell braune Fuchs springt über faule Hund neben Fluss Brücke während Vögel laut grüne Hügel".split(" "),
	russian: "быстрая лиса прыгает через ленивую собаку возле реки мост птицы громко поют зелёные холмы".split(" "),
	arabic: "ذهب الولد إلى المدرسة صباحا ثم رجع مساء وكتب الدرس بسرعة كبيرة".split(" "),
	hebrew: "הילד הלך לבית ספר בבוקר וחזר בערב כתב שיעור מהר מאוד".split(" "),
	hindi: "लड़का सुबह स्कूल गया शाम घर लौटा उसने पाठ जल्दी लिखा नदी किनारे".split(" "),
	accents: "cafe\u0301 noe\u0308l e\u0301te\u0301 garc\u0327on nin\u0303o".split(" "),
	emoji: ["joy 😀", "family 👨\u200d👩\u200d👧", "flag 🇫🇷", "ok 👍🏽", "heart ❤\ufe0f"],
};
const words = (list: readonly string[]) => fc.shuffledSubarray([...list], { minLength: 3 });
const prose = fc.oneof(...Object.values(vocabulary).map((list) => words(list).map((some) => `${some.join(" ")}.`)));
const unspaced = fc.oneof(
	fc.shuffledSubarray(Array.from("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往"), { minLength: 6 }).map((some) => `${some.join("")}。`),
	fc.shuffledSubarray(Array.from("あいうえおかきくけこさしすせそ"), { minLength: 8 }).map((some) => `${some.join("")}。`),
	fc.shuffledSubarray(["วันนี้", "อากาศ", "ดีมาก", "เรา", "ไปเที่ยว", "ทะเล"], { minLength: 4 }).map((some) => some.join("")),
);
const code = words(vocabulary.english).map(
	(names) =>
		`\`\`\`js\n${names.map((name, index) => `${"  ".repeat(index % 3)}let ${name} = ${name}Of(${index * 137});`).join("\n")}\n\`\`\``,
);
const table = words(vocabulary.english).map(
	(names) => `| name | size |\n|------|------|\n${names.map((name, index) => `| ${name} | ${index}${name.length} |`).join("\n")}`,
);
const list = words(vocabulary.english).map((names) => names.map((name, index) => `${index + 1}. ${name} ${name}ish`).join("\n"));
const answer = fc
	.array(fc.oneof({ weight: 3, arbitrary: prose }, unspaced, code, table, list), { minLength: 1, maxLength: 4 })
	.map((blocks) => blocks.join("\n\n"));

const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function cut(text: string, places: readonly number[]): string[] {
	const sorted = [0, ...places.map((place) => Math.round(place * text.length)).sort((one, other) => one - other), text.length];
	return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

/** An answer cut somewhere, and how the next provider's text will be cut. */
const broken = fc
	.record({ answer, at: fc.double({ min: 0.02, max: 0.98, noNaN: true }), places: fractions })
	.map(({ answer, at, places }) => {
		const end = Math.max(1, Math.round(at * answer.length));
		return { sent: answer.slice(0, end), rest: answer.slice(end), answer, places };
	});

function run(sent: string, next: string, places: readonly number[], way: "prefill" | "instruction" = "instruction") {
	const alignment = createAlignment({ sent, kind: "splice", way });
	let text = sent;
	let given = 0;
	for (const delta of cut(next, places)) {
		text += alignment.take(delta);
		given += delta.length;
		if (alignment.state === "undecided") {
			expect(alignment.heldBack.length).toBe(given);
			expect(given).toBeLessThan(2 * sent.length + 1000);
		}
	}
	text += alignment.end();
	expect(alignment.state).not.toBe("undecided");
	return { text, alignment };
}

const visible = (text: string) => text.replaceAll(/\s/g, "").toLowerCase();
const isWordCharacter = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}\p{M}]/u.test(character);

/** Whether some end of a text is the beginning of another: then the other may repeat it. */
function overlaps(sent: string, rest: string): boolean {
	const before = visible(sent);
	const after = visible(rest);
	for (let length = 1; length <= Math.min(before.length, after.length); length += 1) {
		if (after.startsWith(before.slice(-length))) return true;
	}
	return false;
}

/** The beginning of a sentence in the middle of one, and the text's own beginning again, may be told from a continuation only by their sense. */
const isPlainContinuation = (sent: string, rest: string) => !overlaps(sent, rest) && !visible(rest).startsWith(visible(sent).slice(0, 3));

const tally = { exact: 0, overlap: 0, leadIn: 0 };

test("an answer that starts over is whole, wherever it was cut", () => {
	fc.assert(
		fc.property(broken, ({ sent, answer, places }) => {
			const { text } = run(sent, answer, places);
			expect(text).toBe(answer);
		}),
		settings,
	);
});

test("an answer that starts over behind a lead-in is whole", () => {
	fc.assert(
		fc.property(
			broken,
			fc.constantFrom("Sure! Here is the full answer:\n\n", "Natürlich, hier ist die Antwort:\n\n", "好的，以下是完整的回答：\n"),
			({ sent, answer, places }, leadIn) => {
				fc.pre(/[\p{L}\p{N}]{2}/u.test(sent));
				expect(run(sent, leadIn + answer, places).text).toBe(answer);
			},
		),
		settings,
	);
});

test("an exact continuation is whole where it does not happen to begin with what was sent last", () => {
	fc.assert(
		fc.property(broken, fc.constantFrom("prefill", "instruction"), ({ sent, rest, answer, places }, way) => {
			fc.pre(isPlainContinuation(sent, rest) && (way === "instruction" || sent === sent.trimEnd()));
			tally.exact += 1;
			expect(run(sent, rest, places, way).text).toBe(answer);
		}),
		settings,
	);
});

test("a prefill goes without white space at its end, and what comes is whole whether it brings that again or not", () => {
	fc.assert(
		fc.property(broken, fc.boolean(), ({ sent, answer, places }, again) => {
			const trimmed = sent.trimEnd();
			// Half of an indentation is not what a model goes on with that saw none of it.
			fc.pre(again || /^\S/.test(answer.slice(sent.length)));
			fc.pre(trimmed !== "" && isPlainContinuation(trimmed, answer.slice(trimmed.length)));
			const whole = run(sent, answer.slice(again ? trimmed.length : sent.length), places, "prefill").text;
			expect(whole).toBe(answer);
		}),
		settings,
	);
});

/** Where the last words of a text begin, so many of them. */
function lastWords(sent: string, count: number): number {
	const starts = [...sent.matchAll(/(?<![\p{L}\p{N}\p{M}_])[\p{L}\p{N}]+/gu)].map(({ index }) => index);
	return starts.at(-count) ?? 0;
}

test.each(["", "Sure, continuing:\n\n", "Hier ist der Rest der Antwort:\n\n", "以下是剩余的内容：\n\n", "...", "…"])(
	"a continuation that repeats some words is whole, behind %j",
	(leadIn) => {
		fc.assert(
			fc.property(broken, fc.integer({ min: 3, max: 30 }), ({ sent, rest, answer, places }, count) => {
				const repeated = sent.slice(lastWords(sent, count));
				fc.pre((repeated.match(/\p{L}{2,}/gu)?.length ?? 0) >= 3);
				tally.overlap += 1;
				expect(run(sent, leadIn + repeated + rest, places).text).toBe(answer);
			}),
			settings,
		);
	},
);

test("an exact continuation behind a lead-in is whole where no word was cut", () => {
	const leadIns = [
		"Sure, continuing:\n\n",
		"Here is the rest of the answer:\n\n",
		"Claro, aquí está la continuación:\n\n",
		"好的，继续：\n\n",
	];
	fc.assert(
		fc.property(broken, fc.constantFrom(...leadIns), ({ sent, rest, answer, places }, leadIn) => {
			const oneWord = isWordCharacter([...sent].at(-1)) && isWordCharacter([...rest][0]);
			fc.pre(isPlainContinuation(sent, rest) && !oneWord && !/^[^\s\p{L}\p{N}]/u.test(rest));
			tally.leadIn += 1;
			expect(run(sent, leadIn + rest, places).text).toBe(answer);
		}),
		settings,
	);
});

/** An answer as models give it: prose, links, code, a table, lists, several scripts. */
const document = `# Caching answers

A **cache** keeps what was asked before. See [the guide](https://example.org/guide/cache.html) or [the list](https://example.org/guide/list.html), and mind the
time: "fresh" means *younger than an hour*, i.e. 3,600 s.

\`\`\`ts
import { createStore } from "./store.ts";

export function createCache(maxAge: number, maxSize: number): Cache {
\tconst store = createStore(maxSize);
\treturn {
\t\tget: (key: string) => store.get(key, maxAge),
\t\tset: (key: string, value: string) => store.set(key, value),
\t};
}
\`\`\`

| option | default | meaning |
|:-------|--------:|---------|
| \`maxAge\` | 3600 | in seconds |
| \`maxSize\` | 100 | in entries |
| \`path\` | | nowhere |

1. Install it: \`npm install cache\`.
2. Call \`createCache(3600, 100)\`.
   - With a file, give its \`path\`.
   - Without one, nothing is written.
3. Read the log; it says 'hit' or 'miss'.

> Никто не хранит всё: старое уходит первым.

缓存会保存以前的问题。它很快，但不会永远保存。القديم يذهب أولا، ثم الجديد 👩‍🚀🚀.

That is all. Ask if anything is missing!
`;

test("a document is whole wherever it breaks, however it is gone on with", () => {
	const starts = [...document.matchAll(/(?<![\p{L}\p{N}_])[\p{L}\p{N}]+/gu)].map(({ index }) => index);
	for (let at = 40; at < document.length; at += 3) {
		const sent = document.slice(0, at);
		const before = starts.filter((start) => start < at);
		const some = document.slice(before.at(-7));
		const nexts = [
			document,
			document.slice(at),
			some,
			`Sure, continuing:\n\n${some}`,
			`Jatkan tästä:\n\n${some}`,
			`"${some}`,
			`...${some}`,
		];
		for (const next of nexts) expect(run(sent, next, []).text, JSON.stringify({ at, next: next.slice(0, 60) })).toBe(document);
		expect(run(sent.trimEnd(), document.slice(sent.trimEnd().length), [], "prefill").text).toBe(document);
	}
});

test("enough of these cases were decidable", () => {
	expect(tally.exact).toBeGreaterThan(settings.numRuns / 2);
	expect(tally.overlap).toBeGreaterThan(settings.numRuns * 2.5);
	expect(tally.leadIn).toBeGreaterThan(settings.numRuns / 2);
});

test("any text at all is decided upon, the same however it is cut, and stays well-formed", () => {
	const piece = fc.oneof(
		answer,
		fc.string({ unit: "grapheme" }),
		fc.string({ unit: "binary" }),
		fc.constantFrom("Sure", "Here is", "```js\n", "| name | size |\n", "...", '"', "1. ", "\n", " "),
	);
	const anything = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
	fc.assert(
		fc.property(anything, anything, fractions, fc.constantFrom("prefill", "instruction"), (sent, next, places, way) => {
			const { text, alignment } = run(sent, next, places, way);
			const whole = run(sent, next, [], way);
			const single = createAlignment({ sent, kind: "splice", way });
			let inUnits = sent;
			for (const unit of next.split("")) inUnits += single.take(unit);
			inUnits += single.end();
			expect(whole.text).toBe(text);
			expect(inUnits).toBe(text);
			expect([whole.alignment.how, single.how]).toEqual([alignment.how, alignment.how]);
			if (sent.isWellFormed() && next.isWellFormed()) expect(text.isWellFormed()).toBe(true);
			if (alignment.state === "mismatch") expect([text, alignment.heldBack]).toEqual([sent, next]);
			else expect(text.startsWith(sent)).toBe(true);
		}),
		settings,
	);
});

test("what is released at the verdict does not end within a pair of surrogates", () => {
	fc.assert(
		fc.property(broken, ({ sent, rest }) => {
			const alignment = createAlignment({ sent, kind: "splice", way: "instruction" });
			let released = "";
			for (const unit of rest.split("")) {
				released = alignment.take(unit);
				if (alignment.state !== "undecided") break;
			}
			expect(/[\ud800-\udbff]$/.test(released)).toBe(false);
		}),
		settings,
	);
});

test("a JSON value is spliced where it is the same from its start, and is a mismatch otherwise", () => {
	fc.assert(
		fc.property(
			fc.jsonValue({ noUnicodeString: false }).filter((value) => typeof value === "object" && value !== null),
			fc.double({ min: 0, max: 1, noNaN: true }),
			fractions,
			fc.boolean(),
			(value, at, places, indented) => {
				const first = JSON.stringify(value);
				const second = indented ? JSON.stringify(value, null, 2) : first;
				const sent = first.slice(0, Math.max(1, Math.round(at * first.length)));
				const alignment = createAlignment({ sent, kind: "whole", way: "instruction" });
				let text = sent;
				for (const delta of cut(second, places)) text += alignment.take(delta);
				text += alignment.end();
				expect(alignment.state).toBe("aligned");
				expect(JSON.stringify(JSON.parse(text))).toBe(first);
			},
		),
		settings,
	);
});

test("any request can be composed, and never ends with the assistant unless the model takes that", () => {
	const messages = fc.array(
		fc.record({ role: fc.constantFrom("system" as const, "user" as const, "assistant" as const), content: fc.string({ unit: "binary" }) }),
		{ minLength: 1 },
	);
	fc.assert(
		fc.property(messages, fc.string({ unit: "binary" }), fc.boolean(), (given, sent, prefill) => {
			continuationKind({}, sent);
			const { request, way, before } = composeContinuation({ messages: given }, { id: "m", prefill }, sent);
			const last = request.messages.at(-1);
			if (way === "instruction") expect(last?.role).not.toBe("assistant");
			expect(given.map(({ content }) => content).join("")).toContain(before);
		}),
		settings,
	);
});
