import { isSpaceportError } from "@spaceport/core";
import { expect, test } from "vitest";

import { createSpace } from "../src/index.ts";

test.each([
	["Qwen/Qwen2-72B-Instruct", "https://qwen-qwen2-72b-instruct.hf.space"],
	["Qwen/Qwen2.5_x", "https://qwen-qwen2-5-x.hf.space"],
	["https://huggingface.co/spaces/Qwen/Qwen2.5?duplicate=true", "https://qwen-qwen2-5.hf.space"],
	["http://127.0.0.1:7860", "http://127.0.0.1:7860"],
	["http://127.0.0.1:7860/", "http://127.0.0.1:7860"],
	["https://example.com/apps/chat//?__theme=light#top", "https://example.com/apps/chat"],
])("%s is at %s", (given, url) => {
	expect(createSpace(given).url).toBe(url);
});

test.each(["", "qwen", "a/b/c", "ftp://example.com", "qwen.hf.space", "http://", "../up/name", 5])(
	"%j is refused when the Space is made",
	(given) => {
		expect(() => createSpace(given as string)).toThrow(
			expect.objectContaining({ code: "invalid-request", path: "space", message: expect.stringContaining(JSON.stringify(given)) }),
		);
	},
);

test("a password in the address is refused and not shown", () => {
	expect(() => createSpace("https://ada:pa55word@example.com")).toThrow(
		expect.toSatisfy((error: unknown) => isSpaceportError(error, "invalid-request") && !error.message.includes("pa55word")),
	);
});

test.each([
	["token", { token: "hf_secret0\n" }],
	["headers.x-key", { headers: { "x-key": "secret0\r\nx: y" } }],
	["headers.bad name", { headers: { "bad name": "secret0" } }],
])("a bad %s is refused when the Space is made, and not shown", (path, options) => {
	expect(() => createSpace("a/b", options)).toThrow(
		expect.toSatisfy(
			(error: unknown) => isSpaceportError(error, "invalid-request") && error.path === path && !JSON.stringify(error).includes("secret0"),
		),
	);
});
