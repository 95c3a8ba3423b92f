import { describe, expect, test } from "vitest";

import { isAllowedHost } from "../src/files/fetch-hosts.ts";
import { asSpaceFile, holdsFile } from "../src/files/space-file.ts";

describe("a file among inputs", () => {
	test.each<[string, unknown]>([
		["a Blob", new Blob()],
		["a File", new File([], "a")],
		["a file of a Space", asSpaceFile({ url: "https://x.example/a" })],
		["one that went through JSON", { path: "/srv/a", url: "https://x.example/a", name: "a", mediaType: "a/b", size: 1 }],
	])("%s is found at any depth", (_, file) => {
		expect(holdsFile([file])).toBe(true);
		expect(holdsFile(["text", [{ role: "user", content: [1, { file }] }], null])).toBe(true);
		expect(holdsFile(Object.assign(Object.create(null), { file }))).toBe(true);
	});

	test.each<[string, unknown]>([
		["texts, numbers, nothing", ["a", 1, null, undefined, true]],
		["a conversation", [[{ role: "user", content: [{ type: "text", text: "hi" }], metadata: null }]]],
		["what Gradio calls a file", { path: "/srv/a", url: "https://x.example/a", meta: { _type: "gradio.FileData" } }],
		["an address", { url: "https://x.example/a" }],
		["a date", [new Date()]],
	])("%s is none", (_, value) => {
		expect(holdsFile(value)).toBe(false);
	});

	test("a circle ends", () => {
		const circle: Record<string, unknown> = { list: [] };
		circle.itself = circle;
		(circle.list as unknown[]).push(circle, circle);
		expect(holdsFile(circle)).toBe(false);
	});
});

describe("hosts that may be fetched from", () => {
	test.each([
		["https://example.org/a", ["example.org"], true],
		["https://EXAMPLE.org/a", ["Example.ORG"], true],
		["https://example.org:8443/a", ["example.org"], true],
		["https://example.org:8443/a", ["example.org:8443"], true],
		["https://example.org/a", ["example.org:8443"], false],
		["https://a.example.org/", ["example.org"], false],
		["https://a.example.org/", ["*.example.org"], true],
		["https://a.b.example.org/", ["*.example.org"], true],
		["https://example.org/", ["*.example.org"], false],
		["https://evilexample.org/", ["*.example.org"], false],
		["https://example.org.evil.example/", ["example.org", "*.example.org"], false],
		["https://a.example.org:8443/", ["*.example.org:8443"], true],
		["https://a.example.org/", ["*.example.org:8443"], false],
		["http://[::1]:7860/", ["[::1]"], true],
		["http://127.1/", ["127.0.0.1"], true],
		["https://example.org/", [], false],
	])("%s for %j: %j", (url, hosts, expected) => {
		expect(isAllowedHost(new URL(url), hosts)).toBe(expected);
	});
});
