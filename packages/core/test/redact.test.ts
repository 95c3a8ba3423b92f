import { redact } from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { inOneLine } from "../src/errors/in-one-line.ts";

describe("what looks like a secret is replaced, and nothing around it", () => {
	test.each([
		["a hf_abcdefgh b", "a [redacted] b"],
		["sk-abcdefghijkl,", "[redacted],"],
		...["sk", "pk", "rk", "gsk", "xai", "nvapi", "csk", "pypi"].map((prefix) => [`(${prefix}_abc-def_0123)`, "([redacted])"]),
		...["p", "o", "u", "s", "r"].map((kind) => [`gh${kind}_abcdefghij012345.`, "[redacted]."]),
		["AIzaabcdefghij_123456789 x", "[redacted] x"],
		["eyJhbGci.eyJz x", "eyJhbGci.eyJz x"],
		["eyJhbGciO.eyJz x", "[redacted] x"],
		["eyJhbGciO.eyJz.c2ln x", "[redacted] x"],
		["authorization: bearer abc", "authorization: bearer [redacted]"],
		["Authorization:Basic dXNlcg== x", "Authorization:Basic [redacted] x"],
		['"authorization":"Bearer abc", x', '"authorization":"Bearer [redacted]", x'],
		["'authorization' = 'bearer  abc'; x", "'authorization' = 'bearer  [redacted]'; x"],
		["authorization  :  basic abc} x", "authorization  :  basic [redacted]} x"],
		["bearer ab1cd x", "bearer [redacted] x"],
		["Bearer   a.bc x", "Bearer   [redacted] x"],
		["bearer 1abc", "bearer [redacted]"],
		["bearer abcdef1.x", "bearer [redacted]"],
		["https://user:pass@host/path", "https://[redacted]@host/path"],
		["https://user@host", "https://[redacted]@host"],
		["https://user:@host", "https://[redacted]@host"],
		["https://u:p@a https://us:pa@b", "https://[redacted]@a https://[redacted]@b"],
		...["access_token", "api_key", "apikey", "password"].map((name) => [`?a=1&${name}=ab-c x`, `?a=1&${name}=[redacted] x`]),
		...["__sign", "token", "key", "signature"].flatMap((name) => [
			[`?${name}=ab-c&x=1`, `?${name}=[redacted]&x=1`],
			[`x?a=1&${name}=abc x`, `x?a=1&${name}=[redacted] x`],
			[`?${name}=abc#part`, `?${name}=[redacted]#part`],
		]),
		...["authorization", "x-hf-authorization", "x-api-key", "api-key", "api_key", "apikey"].flatMap((name) => [
			[`${name}: plain-1, x`, `${name}: [redacted], x`],
			[`"${name}" : "plain"} x`, `"${name}" : "[redacted]"} x`],
		]),
		...["access-token", "access_token", "accesstoken", "password", "cookie", "x-zerogpu-token"].flatMap((name) => [
			[`${name}=plain; x`, `${name}=[redacted]; x`],
			[`'${name}'  =  'plain' x`, `'${name}'  =  '[redacted]' x`],
			[`${name}:p`, `${name}:[redacted]`],
		]),
	])("%s", (text, told) => {
		expect(redact(text)).toBe(told);
	});
});

describe("what only begins like one stays", () => {
	test.each([
		"hf_abcdefg",
		"half_abcdefghij",
		"sk-abcdefghijk",
		"task-abcdefghijklmn",
		"ghp_abcdefghij01234",
		"ghx_abcdefghij0123456",
		"AIzaabcdefghij_12345678",
		"eyJhb.eyJzdWIi",
		"eyJhbGciO.eyJ",
		"bearer of news",
		"the bearer abcd",
		"bearer 1ab",
		"bearer tokens. Ask",
		"forbearer ab1cd",
		"https://host/path@2",
		"https://host:80/a b@c",
		"mail to user@host",
		"https://host/?tokens=abc&monkey=1",
		"x?a=1,key of",
		"a key=value",
		"authorization is needed",
		"passwords: many",
		"cookies are fine",
	])("%s", (text) => {
		expect(redact(text)).toBe(text);
	});
});

test("what is no text is none", () => {
	for (const value of [undefined, null, 5, {}]) expect(redact(value as unknown as string)).toBe("");
});

describe("a text in one line", () => {
	test.each([
		["a\n\n b", "a b"],
		["\ta\u0000\u0007b ", "a b"],
		["a\ud800b", "a b"],
		["a\u2028b\u2029c\u200ed\u200fe\u061cf\u202ag\u202eh\u2066i\u2069j\ufeffk", "a b c d e f g h i j k"],
		["\u001b[31mred\u001b[0m", "red"],
		["\u001b[1;31mred\u001b[m", "red"],
		["\u001b[?25lhidden", "hidden"],
		["\u001b[3 qcursor", "cursor"],
		["\u001b[3  qcursor", "cursor"],
		["\u001b]0;a title\u0007after", "after"],
		["\u001b]0;a title\u001b\\after", "after"],
		["\u001b]0;never ended", ""],
		["\u001bMup, \u001b_apc, \u001b\\end", "up, apc, end"],
		["\u001baa", "aa"],
		["key=value", "key=value"],
		["token=1 in https://host/?token=abc", "token=1 in https://host/?token=[redacted]"],
	])("%j", (text, told) => {
		expect(inOneLine(text)).toBe(told);
	});

	test("looks at the first four thousand characters", () => {
		const spaces = " ".repeat(3990);
		expect(inOneLine(`a${spaces}b`)).toBe("a b");
		expect(inOneLine(`a${" ".repeat(3998)}b`)).toBe("a b");
		expect(inOneLine(`a${" ".repeat(3999)}b`)).toBe("a…");
	});

	test("has no space before the dots, and one at its beginning is none", () => {
		expect(inOneLine("  ab cdef", 4)).toBe("ab…");
		expect(inOneLine("x".repeat(200))).toBe("x".repeat(200));
		expect(inOneLine("x".repeat(201))).toBe(`${"x".repeat(199)}…`);
	});
});
