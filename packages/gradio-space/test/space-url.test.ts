import { isSpaceportError } from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { createSpace } from "../src/index.ts";
import { readHubUrl } from "../src/locate/hub-url.ts";
import { spaceAddress } from "../src/locate/space-url.ts";

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

test.each(["", "qwen", "a/b/c", "ftp://example.com", "qwen.hf.space", "http://", "../up/name", "owner/..", "owner/.", 5])(
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

describe("the hub", () => {
	test.each([
		["Qwen/Qwen2.5_x", "Qwen/Qwen2.5_x", "/api/spaces/Qwen/Qwen2.5_x"],
		["https://hf.co/spaces/Qwen/Qwen2.5/tree/main", "Qwen/Qwen2.5", "/api/spaces/Qwen/Qwen2.5"],
		["https://Qwen-Qwen2-5.hf.space/?logs=build", undefined, "/api/spaces/by-subdomain/qwen-qwen2-5"],
		["https://example.com", undefined, undefined],
		["https://hf.space", undefined, undefined],
		["https://qwen.hf.space.example.com", undefined, undefined],
	])("knows %s as %s, at %s", (given, id, hubPath) => {
		expect(spaceAddress(given)).toMatchObject({ id, hubPath });
	});

	test.each([
		["https://hub.example.com/", "https://hub.example.com"],
		["http://127.0.0.1:8080/mirror//", "http://127.0.0.1:8080/mirror"],
	])("at %s is asked at %s", (given, url) => {
		expect(readHubUrl(given)).toBe(url);
	});

	test.each([
		"",
		"huggingface.co",
		"ftp://huggingface.co",
		"https://ada:pa55word@hub.example.com",
		"https://a.b/?x=y",
		"https://a.b/#x",
		5,
	])("is not %j", (given) => {
		expect(() => readHubUrl(given as string)).toThrow(
			expect.toSatisfy(
				(error: unknown) =>
					isSpaceportError(error, "invalid-request") && error.path === "hubUrl" && !JSON.stringify(error).includes("pa55word"),
			),
		);
	});
});
