import { describe, expect, test } from "vitest";

import { openBlock } from "../src/chain/continuation/open-block.ts";
import { readOpenings, withoutSeparator } from "../src/chain/continuation/openings.ts";

/** What is found: each opening as its kind and what stands before it, with a `!` where it surely is none of the answer; `…` while more may come. */
function found(sent: string, head: string, expectsPreamble = true): string {
	const { openings, pending } = readOpenings(head, openBlock(sent), sent, expectsPreamble);
	let at = 0;
	const words = openings.map((opening) => {
		const text = head.slice(at, opening.at);
		at = opening.at;
		return `${opening.kind}${opening.sure ? "!" : ""} ${JSON.stringify(text)}`;
	});
	if (pending !== false) words.push(pending === "line" ? "…line" : "…");
	return words.join(", ");
}

const within = "The quick brown";
const behind = "The quick brown fox. ";
const js = "Here:\n\n```js\nlet a";
const plainCode = "```\nlet a";
const table = "| a | b |\n|---|---|\n| 1 |";

describe.each<readonly [what: string, cases: readonly (readonly [sent: string, head: string, expected: string])[]]>([
	[
		"lead-ins",
		[
			[within, "", "…"],
			[within, "Sure", "…"],
			[within, "Sure,", "…"],
			[within, "Sure, continuing:", "…"],
			[within, "Sure, continuing: ", "…"],
			[within, "Sure, continuing: fox", 'preamble! "Sure, continuing:"'],
			[within, "Sure, continuing:\n", 'preamble! "Sure, continuing:", …'],
			[within, "Surely it", "…line"],
			[within, " Sure, continuing: fox", ""],
			[within, "\nSure, continuing: fox", 'preamble! "\\nSure, continuing:"'],
			[within, "sure, continuing: fox", 'preamble "sure, continuing:"'],
			[behind, "sure, continuing: fox", 'preamble! "sure, continuing:"'],
			[within, "**Sure, continuing:** fox", 'preamble! "**Sure, continuing:**"'],
			[within, "[Continued] fox", 'preamble! "[Continued]"'],
			[within, "(continued) fox", 'preamble! "(continued)"'],
			[within, "¡Claro! Continúo: fox", 'preamble "¡Claro!", preamble! " Continúo:"'],
			[within, "Here is the rest. It is short", 'preamble "Here is the rest."'],
			[within, "Here is the rest.\nIt", 'preamble! "Here is the rest.", …'],
			[within, "Here is the rest of the story: it", 'preamble "Here is the rest of the story:", …'],
			[within, "Here is the rest of my answer. It", 'preamble! "Here is the rest of my answer.", …'],
			[within, "Here is the rest: it", 'preamble! "Here is the rest:", …'],
			[within, "Continuing... fox", 'preamble! "Continuing..."'],
			[within, "Continuing education is good: it", 'preamble "Continuing education is good:", …'],
			[within, "It seems the previous answer was cut off: fox", 'preamble "It seems the previous answer was cut off:"'],
			[within, "Sure! fox", 'preamble! "Sure!"'],
			[within, "Sure! Fox", 'preamble "Sure!"'],
			[within, "Sure!\nFox", 'preamble! "Sure!"'],
			["The quick,", "Sure! fox", 'preamble "Sure!"'],
			[behind, "Sure! fox", 'preamble "Sure!"'],
			[behind, "Here are three kinds: a", 'preamble "Here are three kinds:", …'],
			[behind, "Here are three kinds. A", ""],
			[behind, "Here are three kinds\nA", 'preamble "Here are three kinds\\n", …'],
			[within, `Sure ${"thing ".repeat(40)}`, ""],
			[within, "以下是剩余的内容：狐", 'preamble! "以下是剩余的内容："'],
			[within, "继续往前走。路", 'preamble "继续往前走。"'],
			[within, "Weiter ging es nicht: der", 'preamble "Weiter ging es nicht:"'],
			[js, "Sure, continuing:\nb", 'preamble! "Sure, continuing:", …'],
			[js, "*", "…"],
		],
	],
	[
		"titles that are continued",
		[
			[within, "# The Fox (continued)\nfox", 'preamble! "# The Fox (continued)\\n"'],
			[within, "## The Fox [cont.]**\nfox", 'preamble! "## The Fox [cont.]**\\n"'],
			[within, "# The Fox (Fortsetzung)\nfox", 'preamble! "# The Fox (Fortsetzung)\\n"'],
			[within, "# The Fox", "…"],
			[within, "# The Fox\nfox", ""],
			[within, "#", "…"],
			[within, "#fox", ""],
			[within, `# ${"The Fox ".repeat(20)}`, ""],
		],
	],
	[
		"lines that are not known",
		[
			[within, "Naendelea:\nfox", 'line "Naendelea:"'],
			[within, "Naendelea: fox", 'line "Naendelea:"'],
			[within, "Naendelea:", "…line"],
			[within, "Naendelea", "…line"],
			[within, "naendelea:\nfox", ""],
			[within, "\nNaendelea:\nfox", ""],
			[behind, "Naendelea:\nfox", ""],
			[within, "Naendelea hapa\nfox", 'line "Naendelea hapa\\n"'],
			[within, "Naendelea https://a", "…line"],
			[within, "Naendelea：狐", 'line "Naendelea："'],
			[within, "A:\nB:\nC:\nD:\nE:\nf", 'line "A:", line "\\nB:", line "\\nC:", line "\\nD:"'],
			[within, "One two\nThree four\nf", 'line "One two\\n"'],
			[within, "One two.\nThree four\nf", 'line "One two.\\n", line "Three four\\n", …'],
			[within, "**Jibu:** fox", 'quote "**", line "Jibu:", quote "**"'],
			[within, "…Fox: b", 'ellipsis "…"'],
			[within, `A${"a".repeat(118)}`, "…line"],
			[within, `A${"a".repeat(119)}`, ""],
			[js, "Naendelea hapa:\n\nlet b", 'preamble "Naendelea hapa:"'.replace("preamble", "line")],
			[js, "Naendelea hapa sasa:\n\nlet b", 'preamble "Naendelea hapa sasa:"'],
			[js, "Naendelea hapa sasa.\n\nlet b", 'preamble "Naendelea hapa sasa.\\n"'],
			[js, "Naendelea hapa sasa:\nlet b", 'line "Naendelea hapa sasa:"'],
			["```text\nlet a", "Naendelea hapa sasa:\n\nlet b", 'line "Naendelea hapa sasa:"'],
			[js, "Naendelea!\n\nlet b", 'line "Naendelea!\\n"'],
			[js, "Naendelea hapa\n```js\nlet b", 'line! "Naendelea hapa\\n", fence! "```js\\n"'],
			[js, "Naendelea hapa\n``", "…line"],
			[js, "Naendelea hapa\n\n", "…line"],
			[js, "Foo", "…line"],
			[js, "Foo(a)\nlet b", ""],
			[js, "foo bar:\nlet b", ""],
			[js, "继续：\nlet b", 'preamble! "继续："'],
			[js, "我说：\nlet b", 'line "我说："'],
			[plainCode, "Naendelea hapa sasa:\n\nlet b", 'line "Naendelea hapa sasa:"'],
		],
	],
	[
		"signs of a model's own",
		[
			[within, "<|im_start|>assistant\nfox", 'token! "<|im_start|>assistant"'],
			[within, "<|im_start|>", "…"],
			[within, "<|im_start|>assist", "…"],
			[within, "<|im_start|> fox", 'token! "<|im_start|>"'],
			[within, "<|start_header_id|>assistant<|end_header_id|>\nfox", 'token! "<|start_header_id|>assistant<|end_header_id|>"'],
			[within, "<|start_header_id|>assistant<|end_", "…"],
			[within, "<|im", "…"],
			[within, "<", "…"],
			[within, "<s> fox", 'token "<s>"'],
			[within, "</s> fox", 'token "</s>"'],
			[within, "<b>fox", ""],
			[within, "[/INST] fox", 'token! "[/INST]"'],
			[within, "[/IN", "…"],
			[within, "[link](a)", ""],
			[within, "<start_of_turn>model\nfox", 'token "<start_of_turn>model"'],
			[within, "### Response:\nfox", 'token "### Response:"'],
			[within, "### Resp", "…"],
			["The token <|im_end|> ends", "<|im_start|> begins", 'token "<|im_start|>"'],
			["Such a token", "<|im_start|> begins", 'token "<|im_start|>"'],
			["It is INST", "[/INST] begins", 'token "[/INST]"'],
			[js, "<|im_start|> b", 'token "<|im_start|>", …'],
		],
	],
	[
		"rules",
		[
			[within, "Sure, continuing:\n\n---\n\nfox", 'preamble! "Sure, continuing:", preamble! "\\n\\n---\\n"'],
			[within, "Sure, continuing:\n\n***\nfox", 'preamble! "Sure, continuing:", preamble! "\\n\\n***\\n"'],
			[within, "Sure, continuing:\n\n___ \nfox", 'preamble! "Sure, continuing:", preamble! "\\n\\n___ \\n"'],
			[within, "Sure, continuing:\n\n--", 'preamble! "Sure, continuing:", …'],
			[within, "Sure, continuing:\n\n--\nfox", 'preamble! "Sure, continuing:"'],
			[within, "---\nfox", ""],
			[within, `Sure, continuing:\n\n${"-".repeat(50)}`, 'preamble! "Sure, continuing:"'],
		],
	],
	[
		"fences",
		[
			[js, "```js\nlet b", 'fence! "```js\\n"'],
			[js, "```JS \nlet b", 'fence! "```JS \\n"'],
			[js, "```ts\nlet b", 'fence "```ts\\n"'],
			[js, "```\nlet b", 'fence "```\\n"'],
			[js, "```\n", 'fence "```\\n", …'],
			[js, "``", "…"],
			[js, "```j", "…"],
			[js, "``\nlet b", 'quote "``"'],
			[js, "`a` b", 'quote "`"'],
			[js, "~~~\nlet b", 'fence "~~~\\n"'],
			[js, `\`\`\`${"j".repeat(60)}`, 'quote "```"'],
			[js, "Sure, continuing:\n\n```\nlet b", 'preamble! "Sure, continuing:", fence! "\\n\\n```\\n"'],
			[js, "Sure, continuing:\n\n```\n\nlet b", 'preamble! "Sure, continuing:", fence "\\n\\n```\\n"'],
			[js, "Sure, continuing:\n\n```\n", 'preamble! "Sure, continuing:", …'],
			[js, "Sure, continuing:\n\n```ts\nlet b", 'preamble! "Sure, continuing:", fence! "\\n\\n```ts\\n"'],
			[plainCode, "```ts\nlet b", 'fence! "```ts\\n"'],
			["```md\nlet a", "```md\nlet b", 'fence "```md\\n"'],
			[within, "```\nfox", 'fence "```\\n"'],
			[within, "```markdown\nfox", 'fence "```markdown\\n"'],
			[within, "```js\nfox", 'quote "```"'],
			[within, "```mark", "…"],
			[within, "``", "…"],
			[behind, "```\nfox", 'quote "```"'],
			[within, " ```\nfox", 'quote " ```"'],
		],
	],
	[
		"headers of tables",
		[
			[table, "| a | b |\n|---|---|\n| 2 |", 'table! "| a | b |\\n|---|---|\\n"'],
			[table, "|a|b|\n|:-|-:|\n| 2 |", 'table! "|a|b|\\n|:-|-:|\\n"'],
			[table, "| a |", "…"],
			[table, "| a | b |\n", "…"],
			[table, "| a | b |\n|--", "…"],
			[table, "| a | b |\n| 1 | 2 |\n", ""],
			[table, "| a | b |\n\n\n", ""],
			[table, "| a | c |\n|---|---|\n", ""],
			["| a | b", "| a | b |\n|---|---|\n", ""],
			[within, "| a | b |\n|---|---|\n", ""],
		],
	],
	[
		"marks of lists",
		[
			["1. One\n2. ", "2. Two", 'marker! "2."'],
			["1. One\n2. ", "1. Two", 'marker! "1."'],
			["1. One\n2. ", "7) Two", 'marker! "7)"'],
			["1. One\n2. ", "- Two", ""],
			["1. One\n2. ", "2", "…"],
			["1. One\n2. ", "2.", "…"],
			["1. One\n2. ", "2.5", ""],
			["- One\n- ", "* Two", 'marker! "*"'],
			["- One\n- ", "-", "…"],
			["- One\n- ", "-2", ""],
			["- One\n- ", "1. Two", ""],
			["1. One\n2. Two", "2. Two", 'marker "2."'],
			["1. One\n2. Two", "1. Two", 'marker "1."'],
			["1. One\n2. Two", "3. Two", ""],
			["1. One\n2. Two", "- Two", 'marker "-"'],
			["1. One\n2. Two\n", "1. Two", ""],
			["- Two", "1. Two", ""],
			["- Two", "- Two", 'marker "-"'],
			[within, "1. Two", ""],
		],
	],
	[
		"dots",
		[
			[within, "...fox", 'ellipsis! "..."'],
			[within, "…fox", 'ellipsis! "…"'],
			[within, "[...] fox", 'ellipsis! "[...] "'],
			[within, "(…) fox", 'ellipsis! "(…) "'],
			[within, "... fox", 'ellipsis "... "'],
			["The quick brown fox jumps", "... over", 'ellipsis! "... "'],
			["The quick brown fox jumps", " ... over", 'ellipsis " ... "'],
			["It was. The quick brown", "... fox", 'ellipsis "... "'],
			[`${within} `, "... fox", 'ellipsis! "... "'],
			[within, "...Fox", 'ellipsis "..."'],
			[within, "...狐", 'ellipsis! "..."'],
			[behind, "...fox", 'ellipsis "..."'],
			[js, "...fox", 'ellipsis "..."'],
			[within, "Sure, continuing:\n\n...Fox", 'preamble! "Sure, continuing:", ellipsis! "\\n\\n..."'],
			[within, "..", "…"],
			[within, "...", "…"],
			[within, "[", "…"],
			[within, "[..", "…"],
			[within, "..f", ""],
			[
				within,
				".".repeat(300),
				'ellipsis "........................................................................................................................................................................................................", …',
			],
		],
	],
	[
		"quotes",
		[
			[within, '"fox', 'quote "\\""'],
			[within, "“fox", 'quote "“"'],
			[within, "> fox", 'quote ">"'],
			[within, "***fox", 'quote "***"'],
			[within, '"', "…"],
			[within, '"...fox', 'quote "\\"", ellipsis! "..."'],
			[within, "fox", ""],
			[
				within,
				`${'" '.repeat(13)}fox`,
				Array.from({ length: 12 }, (_, index) => (index === 0 ? 'quote "\\""' : 'quote " \\""')).join(", "),
			],
		],
	],
])("%s", (_, cases) => {
	test.each(cases)("behind %j: %j", (sent, head, expected) => expect(found(sent, head)).toBe(expected));
});

test("a model that was not asked in words leads in to nothing", () => {
	expect(found(within, "Sure, continuing: fox", false)).toBe("");
	expect(found(within, "Naendelea: fox", false)).toBe("");
	expect(found(within, "<s> fox", false)).toBe("");
	expect(found(within, "```\nfox", false)).toBe('quote "```"');
	expect(found(within, "...fox", false)).toBe('ellipsis "..."');
	expect(found(js, "```js\nlet b", false)).toBe('fence! "```js\\n"');
});

test.each([
	["\n\nfox", "fox"],
	["\n\n\nfox", "\nfox"],
	["  \n \nfox", "fox"],
	["\r\n\r\nfox", "fox"],
	[" fox", "fox"],
	["  fox", " fox"],
	["\tfox", "fox"],
	["fox\n", "fox\n"],
	["\n  fox", "  fox"],
])("the white space before %j is a separator", (text, rest) => expect(withoutSeparator(text)).toBe(rest));
