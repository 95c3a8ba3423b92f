import { type Chunk, createSpaceport } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

const replace = (text: string): Chunk => ({ type: "text-replace", text });

function streamOf(script: readonly (string | Chunk)[], revisions: "replace" | "hold-back" = "replace") {
	const provider = createScriptedProvider({ scripts: [[...script, { type: "finish", finishReason: "stop" }]] });
	return createSpaceport({ providers: [provider] }).stream({ messages: "?" }, { revisions });
}

async function read(script: readonly (string | Chunk)[], revisions?: "hold-back") {
	const stream = streamOf(script, revisions);
	const pieces = await Array.fromAsync(stream.textStream);
	return { pieces, joined: pieces.join(""), completion: await stream.completion };
}

describe("textStream", () => {
	test("holds trailing white space back until something follows", async () => {
		const { pieces, completion } = await read(["Hello", " ", "\n", "world \n"]);
		expect(pieces).toEqual(["Hello", " \nworld", " \n"]);
		expect(completion.text).toBe("Hello \nworld \n");
	});

	test("white space that Gradio trims and brings back does not show", async () => {
		const { joined, completion } = await read(["one ", replace("one"), " two", replace("one two three")]);
		expect(joined).toBe("one two three");
		expect(completion).toMatchObject({ text: "one two three", warnings: [] });
	});

	test("goes on at the matching place where released text was re-indented, and warns", async () => {
		const { joined, completion } = await read(["def f():\nreturn 1", replace("def f():\n    return 1\nprint"), "(f())"]);
		expect(joined).toBe("def f():\nreturn 1\nprint(f())");
		expect(completion.text).toBe("def f():\n    return 1\nprint(f())");
		expect(completion.warnings).toHaveLength(1);
	});

	test("ends in protocol where released text was rewritten, and so does completion", async () => {
		const stream = streamOf(["The capital is Lyon", replace("The capital is Paris"), "."]);
		await expect(Array.fromAsync(stream.textStream)).rejects.toMatchObject({ code: "protocol" });
		await expect(stream.completion).rejects.toMatchObject({ code: "protocol" });
	});

	test("waits where text is taken back, since it may come again", async () => {
		const { joined, completion } = await read(["one two", replace("one"), " two", " three"]);
		expect(joined).toBe("one two three");
		expect(completion.text).toBe("one two three");
	});

	test("ends in protocol where text that was taken back does not come again", async () => {
		const stream = streamOf(["one two", replace("one")]);
		await expect(Array.fromAsync(stream.textStream)).rejects.toMatchObject({ code: "protocol" });
		await expect(stream.completion).rejects.toMatchObject({ code: "protocol" });
	});

	test("hold-back gives the final text alone, whatever was rewritten", async () => {
		const { pieces } = await read(["The capital is Lyon", replace("The capital is Paris"), "."], "hold-back");
		expect(pieces).toEqual(["The capital is Paris."]);
	});

	test("chunks show every rewrite as it is", async () => {
		const chunks = await Array.fromAsync(streamOf(["Lyon", replace("Paris")]));
		expect(chunks.slice(0, 2)).toEqual([{ type: "text-delta", text: "Lyon" }, replace("Paris")]);
	});

	test("does not warn where a rewrite of white space is taken back", async () => {
		const { joined, completion } = await read(["a b", replace("a  b c"), replace("a b c d")]);
		expect(joined).toBe("a b c d");
		expect(completion).toMatchObject({ text: "a b c d", warnings: [] });
	});

	test("text that was taken back and comes again otherwise indented goes on, and warns", async () => {
		const { joined, completion } = await read(["a\nb", replace(""), "a", "\n ", " b", " c"]);
		expect(joined).toBe("a\nb c");
		expect(completion.text).toBe("a\n  b c");
		expect(completion.warnings).toHaveLength(1);
	});

	test("text that was taken back and comes again as another text ends in protocol", async () => {
		await expect(Array.fromAsync(streamOf(["one two", replace(""), "one", " three"]).textStream)).rejects.toMatchObject({
			code: "protocol",
		});
	});
});
