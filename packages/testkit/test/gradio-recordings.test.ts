import { describe, expect, test } from "vitest";

import { chatbotAnswer, currentGradioVersions, readRecording, recordingNames } from "../src/gradio/index.ts";

describe.each(currentGradioVersions)("the recordings of Gradio %s", async (version) => {
	test.each(await recordingNames(version))("%s ends as the app did", async (name) => {
		const recording = await readRecording(version, name);
		const messages = new TextDecoder()
			.decode(recording.bytes)
			.split("\n\n")
			.filter((block) => block !== "")
			.map((block) => JSON.parse(block.replace(/^data: /, "")) as { msg: string; output?: { data?: unknown[] } });
		expect(messages.filter(({ msg }) => msg === "process_completed")).toEqual([recording.completed]);
		const generating = messages.filter(({ msg }) => msg === "process_generating");
		if (name === "cancelled") expect(generating.length).toBeLessThanOrEqual(recording.steps.length);
		else expect(generating).toHaveLength(recording.steps.length);
		expect(generating[0]?.output?.data).toEqual(recording.steps[0]);
		const final = messages.find(({ msg }) => msg === "process_completed")?.output?.data;
		if (final !== undefined && recording.steps.length > 0) expect(final).toEqual(recording.steps.at(-1));
	});

	test("the long answer keeps every character", async () => {
		const { steps } = await readRecording(version, "long");
		const text = chatbotAnswer(steps.at(-1)?.[1]) ?? "";
		expect(text.isWellFormed()).toBe(true);
		for (const part of ["\u2028", "\u0085", "\u200d", "\\\\server\\share", "```python", "\u4f60\u597d", "\u{20bb7}"]) {
			expect(text).toContain(part);
		}
	});
});
