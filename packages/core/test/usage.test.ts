import {
	type AsyncGeneratorProvider,
	type Completion,
	createChain,
	createSpaceport,
	NetworkError,
	type SeamChunk,
	type UsageChunk,
} from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import { createCompletionRecorder } from "../src/consume/completion-recorder.ts";
import { updateUsage } from "../src/consume/usage.ts";

const usage = (source: UsageChunk["source"], inputTokens?: number, outputTokens?: number): UsageChunk => ({
	type: "usage",
	...(inputTokens !== undefined && { inputTokens }),
	...(outputTokens !== undefined && { outputTokens }),
	source,
});

/** What an attempt brings to an answer: how it takes over from the one before, what it says, what it warns of. */
interface Part {
	readonly how?: SeamChunk["how"];
	readonly usage?: readonly UsageChunk[];
	readonly warning?: string;
	/** The first of these comes before its text. */
	readonly saysEarly?: true;
	/** It failed before its first content. */
	readonly fails?: true;
}

/** The completion of an answer to which attempts `a`, `b`, `c` … came one after the other. */
function completionOf(...parts: readonly Part[]): Completion {
	const recorder = createCompletionRecorder();
	for (const [index, part] of parts.entries()) {
		const provider = String.fromCharCode(97 + index);
		const identity = { requestId: "r", provider, model: "m", number: index + 1 };
		if (part.warning !== undefined) recorder.observe({ type: "warning", ...identity, text: part.warning });
		const isLast = index === parts.length - 1;
		if (part.fails !== true) {
			recorder.observe({ type: "first-chunk", ...identity, afterMs: 1 });
			const said = [...(part.usage ?? [])];
			const [early] = part.saysEarly === true ? said.splice(0, 1) : [];
			if (early !== undefined) recorder.take(early);
			if (part.how !== undefined) recorder.take({ type: "seam", from: "x", to: provider, reason: "broke", how: part.how, at: 1 });
			recorder.take({ type: "text-delta", text: provider });
			for (const chunk of said) recorder.take(chunk);
		}
		recorder.observe({ type: "attempt-end", ...identity, decision: isLast ? "answered" : "fallback", startedAt: 0, durationMs: 1 });
	}
	return recorder.completion({ type: "finish", finishReason: "stop" });
}

describe("the usage of a completion", () => {
	test.each<[string, readonly Part[], Completion["usage"], readonly string[]]>([
		["of one who said nothing is not there", [{}], undefined, []],
		[
			"of one who said something is that",
			[{ usage: [usage("tokenizer", 3, 5)] }],
			{ inputTokens: 3, outputTokens: 5, source: "tokenizer" },
			[],
		],
		["may lack a figure", [{ usage: [usage("provider", undefined, 5)] }], { outputTokens: 5, source: "provider" }, []],
		[
			"is that of those who share in the answer, with the weakest source",
			[{ usage: [usage("provider", 3, 2)] }, { how: "continue", usage: [usage("tokenizer", 6, 4)] }],
			{ inputTokens: 9, outputTokens: 6, source: "tokenizer" },
			[],
		],
		[
			"lacks a figure that one of them lacks",
			[{ usage: [usage("provider", 3)] }, { how: "continue", usage: [usage("estimate", 6, 4)] }],
			{ inputTokens: 9, source: "estimate" },
			[],
		],
		[
			"lacks all where none is left",
			[{ usage: [usage("provider", 3)] }, { how: "continue", usage: [usage("provider", undefined, 4)] }],
			undefined,
			[],
		],
		[
			"is left out where one of them did not say, which is told",
			[{}, { how: "continue", usage: [usage("provider", 6, 4)] }],
			undefined,
			['usage is left out: "a" did not say what its part of the answer used.'],
		],
		["is left out in silence where none of them said", [{}, { how: "continue" }], undefined, []],
		[
			"is told of before the text or after it",
			[
				{ saysEarly: true, usage: [usage("provider", 3), usage("provider", undefined, 2)] },
				{ saysEarly: true, how: "continue", usage: [usage("provider", 6), usage("provider", undefined, 4)] },
			],
			{ inputTokens: 9, outputTokens: 6, source: "provider" },
			[],
		],
		[
			"is not that of an answer that was thrown away",
			[{ usage: [usage("provider", 3, 2)] }, { how: "restart", usage: [usage("estimate", 6, 4)] }],
			{ inputTokens: 6, outputTokens: 4, source: "estimate" },
			[],
		],
		[
			"counts those who went on after a new beginning",
			[{}, { how: "restart", usage: [usage("provider", 1, 1)] }, { how: "continue", usage: [usage("provider", 2, 2)] }],
			{ inputTokens: 3, outputTokens: 3, source: "provider" },
			[],
		],
		[
			"is not that of who failed before",
			[{ fails: true }, { usage: [usage("provider", 1, 1)] }],
			{ inputTokens: 1, outputTokens: 1, source: "provider" },
			[],
		],
	])("%s", (_, parts, expected, warnings) => {
		const completion = completionOf(...parts);
		expect(completion.usage).toEqual(expected);
		expect(completion.warnings).toEqual(warnings);
	});

	test("is what a provider said last, and nothing for one who failed before its first content", async () => {
		const broken = createScriptedProvider({
			name: "a",
			scripts: [[usage("provider", 100, 0), { fail: new NetworkError("reset", { phase: "join" }) }]],
		});
		const able = createScriptedProvider({
			name: "b",
			scripts: [[usage("provider", 7), "text", usage("provider", undefined, 1), usage("provider", undefined, 2)]],
		});
		const spaceport = createSpaceport({ chains: { default: [broken, able] }, retry: { retries: 0 } });
		expect((await spaceport.complete({ messages: "?" })).usage).toEqual({ inputTokens: 7, outputTokens: 2, source: "provider" });
	});
});

test.each<[UsageChunk | undefined, UsageChunk, object]>([
	[undefined, usage("provider", 1), { inputTokens: 1, source: "provider" }],
	[usage("estimate", 1, 1), usage("provider", 2, 2), { inputTokens: 2, outputTokens: 2, source: "provider" }],
	[usage("estimate", 1, 1), usage("provider", undefined, 2), { inputTokens: 1, outputTokens: 2, source: "estimate" }],
	[usage("provider", 1), usage("tokenizer", undefined, 2), { inputTokens: 1, outputTokens: 2, source: "tokenizer" }],
])("after %j, %j is %j", (before, said, expected) => {
	expect(updateUsage(before && updateUsage(undefined, before), said)).toEqual(expected);
});

test("a provider that asks another one has no part of its own", async () => {
	const inner = createChain({
		name: "inner",
		providers: [createScriptedProvider({ name: "asked", parameters: [], scripts: [["text", usage("provider", 3, 2)]] })],
	});
	const wrapper: AsyncGeneratorProvider = { name: "wrapper", models: [], createAsyncGenerator: inner.createAsyncGenerator };
	const completion = await createSpaceport({ providers: [wrapper] }).complete({ messages: "?", seed: 1 });
	expect(completion.usage).toEqual({ inputTokens: 3, outputTokens: 2, source: "provider" });
	expect(completion.warnings).toEqual(['seed has no effect: "asked" does not take it.']);
	expect(completion.attempts.map(({ provider }) => provider)).toEqual(["asked", "wrapper"]);
});

describe("the warnings of a completion", () => {
	test("are those of the attempts whose content is in the answer, each once", () => {
		const parts: readonly Part[] = [{ fails: true, warning: "one" }, { warning: "two" }, { how: "continue", warning: "two" }];
		expect(completionOf(...parts).warnings).toEqual(["two"]);
		expect(completionOf({ warning: "one" }, { how: "restart", warning: "two" }).warnings).toEqual(["two"]);
	});
});
