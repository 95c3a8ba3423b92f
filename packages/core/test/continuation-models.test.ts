import { describe, expect, test } from "vitest";

import { createAlignment } from "../src/chain/continuation/alignment.ts";

const essay =
	"Photosynthesis is the process by which plants turn light into chemical energy.\n\nIt takes place in the chloroplasts, and it has two stages. In the first, the light-dependent reactions, chlorophyll absorbs light and";
const python = `Here's a function that does this:

\`\`\`python
def read_numbers(path):
    """Reads one number a line."""
    numbers = []
    with open(path) as file:
        for line in file:
            line = line.strip()
            if not line`;
const steps =
	"To install it:\n\n1. **Download** the archive from the site.\n2. **Unpack** it into a folder of your choice.\n3. **Run** the set";
const comparison =
	"Here is a comparison:\n\n| Language | Typing | Year |\n|:---------|:------:|-----:|\n| Python | dynamic | 1991 |\n| Rust | static | 20";
const story = 'Elena opened the door. The room was empty, except for a letter on the table. She picked it up and read: "';
const chinese = "人工智能的发展经历了几个阶段。第一个阶段是符号主义，研究者们试图用逻辑规则来";
const german = "Die Hauptstadt von Frankreich ist Paris. Die Stadt liegt an der ";
const html = '```html\n<ul class="menu">\n  <li>Home</li>\n  <li>About</li>\n';
const letter = "Dear Mr. Jones,\n\nThank you for your letter of 3 May.\n\n";
const yaml = "```yaml\nservices:\n  web:\n    image: nginx\n    ports:\n";

/** What models write when they are asked to go on, good and bad; `undefined` where it is no continuation. */
const outputs: readonly (readonly [what: string, sent: string, next: string, expected: string | undefined])[] = [
	// As asked: the last words, and on.
	[
		"the last words",
		essay,
		"the light-dependent reactions, chlorophyll absorbs light and passes the energy on.",
		`${essay} passes the energy on.`,
	],
	[
		"the whole sentence again",
		essay,
		"In the first, the light-dependent reactions, chlorophyll absorbs light and splits water.",
		`${essay} splits water.`,
	],
	[
		"the last paragraph again",
		essay,
		"It takes place in the chloroplasts, and it has two stages. In the first, the light-dependent reactions, chlorophyll absorbs light and splits water.",
		`${essay} splits water.`,
	],
	[
		"the last words, in quotes",
		essay,
		'"the light-dependent reactions, chlorophyll absorbs light and" splits water.',
		`${essay} splits water.`,
	],
	["the last words in bold", essay, "**chlorophyll absorbs light and** splits water.", `${essay} splits water.`],
	["the last words, in a quotation", essay, "> chlorophyll absorbs light and\n\nsplits water.", `${essay} splits water.`],
	// Without the last words.
	["straight on", essay, " splits water into oxygen and hydrogen.", `${essay} splits water into oxygen and hydrogen.`],
	["straight on, with dots", essay, "...splits water into oxygen and hydrogen.", `${essay} splits water into oxygen and hydrogen.`],
	[
		"a chatty lead-in",
		essay,
		"Certainly! Here's the continuation of the text:\n\n...chlorophyll absorbs light and splits water.",
		`${essay} splits water.`,
	],
	[
		"an apology, then on",
		essay,
		"I apologize for the interruption. Continuing from where I left off:\n\nsplits water into oxygen.",
		`${essay} splits water into oxygen.`,
	],
	[
		"a lead-in with a rule under it",
		essay,
		"Sure! Here is the rest of the answer:\n\n---\n\nchlorophyll absorbs light and splits water.",
		`${essay} splits water.`,
	],
	[
		"what it thinks has happened",
		essay,
		"It seems the previous response was interrupted. Let me continue:\n\nchlorophyll absorbs light and splits water.",
		`${essay} splits water.`,
	],
	[
		"what has happened, without the last words",
		essay,
		'Your last message was cut off after "light and". Here is the rest:\n\nsplits water.',
		`${essay} splits water.`,
	],
	["an earlier sentence, and then another", essay, "It takes place in leaves.", undefined],
	["a bold heading", essay, "**Continuation:**\n\nchlorophyll absorbs light and splits water.", `${essay} splits water.`],
	[
		"thoughts first",
		essay,
		'<think>\nOkay, the user wants me to continue from "chlorophyll absorbs light and".\n</think>\n\nchlorophyll absorbs light and splits water.',
		`${essay} splits water.`,
	],
	["the whole answer again", essay, `${essay} splits water.`, `${essay} splits water.`],
	[
		"the whole answer again, announced",
		essay,
		`Apologies for the cut-off. Here's the complete answer:\n\n${essay} splits water.`,
		`${essay} splits water.`,
	],
	// Other answers.
	["the same in other words", essay, "Photosynthesis is the process by which green plants and some bacteria make sugar.", undefined],
	["a refusal", essay, "I'm sorry, but I can't continue this text without more context.", undefined],
	["a question back", essay, "It seems your message got cut off. Could you provide the rest?", undefined],
	["a greeting", essay, "Hello! How can I assist you today?", undefined],
	["what kind of text it is", essay, "The text you provided is about photosynthesis.", undefined],
	// Code.
	[
		"the last lines of code",
		python,
		`        for line in file:\n            line = line.strip()\n            if not line:\n                continue\n\`\`\``,
		`${python}:\n                continue\n\`\`\``,
	],
	[
		"the rest of the line",
		python,
		":\n                continue\n            numbers.append(float(line))\n",
		`${python}:\n                continue\n            numbers.append(float(line))\n`,
	],
	[
		"its own block, from the broken line",
		python,
		"```python\n            if not line:\n                continue\n```",
		`${python}:\n                continue\n\`\`\``,
	],
	[
		"its own block with the whole function",
		python,
		`Here's the complete function:\n\n\`\`\`python\n${python.split("```python\n")[1]}:\n                continue\n\`\`\``,
		`${python}:\n                continue\n\`\`\``,
	],
	[
		"a sentence in another language, and its own block",
		python,
		"Tässä on loput koodista\n\n```python\n            if not line:\n                continue\n```",
		`${python}:\n                continue\n\`\`\``,
	],
	["the next item of HTML", html, "  <li>Contact</li>\n</ul>\n```", `${html}  <li>Contact</li>\n</ul>\n\`\`\``],
	["the last item of HTML again", html, "  <li>About</li>\n  <li>Contact</li>\n</ul>\n```", `${html}  <li>Contact</li>\n</ul>\n\`\`\``],
	["the next line of YAML, unindented", yaml, '      - "80:80"\n', `${yaml}      - "80:80"\n`],
	["the last lines of YAML again", yaml, '    image: nginx\n    ports:\n      - "80:80"\n', `${yaml}      - "80:80"\n`],
	// Lists and tables.
	["the broken item again", steps, "3. **Run** the setup program.\n4. **Restart** it.", `${steps}up program.\n4. **Restart** it.`],
	["the broken word on", steps, "up program.\n4. **Restart** it.", `${steps}up program.\n4. **Restart** it.`],
	[
		"the list from its start",
		steps,
		"1. **Download** the archive from the site.\n2. **Unpack** it into a folder of your choice.\n3. **Run** the setup program.",
		`${steps}up program.`,
	],
	[
		"the table from its start",
		comparison,
		`${comparison.split("\n\n")[1]}15 |\n| Go | static | 2009 |`,
		`${comparison}15 |\n| Go | static | 2009 |`,
	],
	[
		"the table's header and the broken row",
		comparison,
		"| Language | Typing | Year |\n|---|---|---|\n| Rust | static | 2015 |\n| Go | static | 2009 |",
		`${comparison}15 |\n| Go | static | 2009 |`,
	],
	["the broken row", comparison, "| Rust | static | 2015 |\n", `${comparison}15 |\n`],
	["the broken number on", comparison, "15 |\n| Go | static | 2009 |", `${comparison}15 |\n| Go | static | 2009 |`],
	// Stories and letters, in which anybody may be sorry.
	[
		"somebody who is sorry in a story",
		story,
		"I'm sorry, but I can't help you any more.\" She",
		`${story}I'm sorry, but I can't help you any more." She`,
	],
	[
		"somebody who is sorry in a letter",
		letter,
		"I'm sorry to hear that the delivery was late.",
		`${letter}I'm sorry to hear that the delivery was late.`,
	],
	["a letter that regrets", letter, "Unfortunately, we have to close the shop.", `${letter}Unfortunately, we have to close the shop.`],
	["a letter that is sure", letter, "Of course, we will pay for it. Sure.", `${letter}Of course, we will pay for it. Sure.`],
	// Other languages.
	["Chinese, straight on", chinese, "模拟人类的思维过程。", `${chinese}模拟人类的思维过程。`],
	["Chinese, the last words", chinese, "用逻辑规则来模拟人类的思维过程。", `${chinese}模拟人类的思维过程。`],
	[
		"Chinese, with a lead-in",
		chinese,
		"好的，以下是剩余部分：\n\n研究者们试图用逻辑规则来模拟人类的思维过程。",
		`${chinese}模拟人类的思维过程。`,
	],
	["Chinese, sorry", chinese, "抱歉，我无法继续这个话题。", undefined],
	[
		"German, straight on with a noun",
		german,
		"Seine und hat zwei Millionen Einwohner.",
		`${german}Seine und hat zwei Millionen Einwohner.`,
	],
	["German, the last words", german, "Die Stadt liegt an der Seine.", `${german}Seine.`],
	["German, announced", german, "Gerne, hier ist die Fortsetzung:\n\nDie Stadt liegt an der Seine.", `${german}Seine.`],
];

describe("a model that was asked to go on gives", () => {
	test.each(outputs)("%s", (_, sent, next, expected) => {
		for (const size of [1, 3, 7, next.length]) {
			const alignment = createAlignment({ sent, kind: "splice", way: "instruction" });
			let text = sent;
			for (let at = 0; at < next.length; at += size) text += alignment.take(next.slice(at, at + size));
			text += alignment.end();
			expect(alignment.state === "mismatch" ? undefined : text).toBe(expected);
		}
	});
});
