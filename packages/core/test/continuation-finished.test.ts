import { expect, test } from "vitest";

import { isFinished } from "../src/chain/continuation/is-finished.ts";

test.each([
	"It is Paris.",
	"Is it?\n",
	'She said: "No!"',
	"It is **Paris.**",
	"(That is all.)",
	"他来了。",
	"यह सच है।",
	"هل هذا صحيح؟",
	"1. Apple.\n2. A pear.",
	"Here:\n\n```js\nfoo();\n```",
	"| a | b |\n|---|---|\n| 1 | 2 |\n",
])("%j may end there", (text) => expect(isFinished(text)).toBe(true));

test.each([
	"",
	"It is",
	"It is Paris,",
	"These are:",
	"1. Apple.\n2.",
	"```js\nfoo.",
	"Here:\n\n```js\nfoo();\n",
	"| a | b |\n|---|---|\n| 1 |",
	"| a | b |\n|---|---|\n| 1 | x.",
	"| a | b |\n|---|---|",
])("%j may not", (text) => expect(isFinished(text)).toBe(false));
