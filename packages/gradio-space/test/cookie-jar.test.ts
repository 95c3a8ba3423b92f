import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import { type CookieJar, createCookieJar } from "../src/login/cookie-jar.ts";
import { onlyWhere } from "./support/only-where.ts";

const origin = "https://app.example.org";

function answer(...lines: string[]): Response {
	const headers = new Headers();
	for (const line of lines) headers.append("set-cookie", line);
	return new Response(null, { headers });
}

function jarOf(...lines: string[]): CookieJar {
	const jar = createCookieJar(origin, () => {});
	jar.take(answer(...lines), `${origin}/login`);
	return jar;
}

describe("a jar of cookies", () => {
	onlyWhere(currentRuntime().sendsAllHeaders, "a browser shows no program a Set-Cookie header");

	test("sends the pairs of several headers, without their attributes", () => {
		const jar = jarOf("a=1; HttpOnly; Path=/", "b=2=3 ; SameSite=none; Secure; Expires=Wed, 01 Jan 2098 00:00:00 GMT");
		expect(jar.header(`${origin}/config`)).toBe("a=1; b=2=3");
	});

	test("has no header where nothing is in it", () => {
		expect(jarOf().header(`${origin}/`)).toBeUndefined();
		expect(jarOf().header(`${origin}/`, "mine=1")).toBe("mine=1");
		expect(jarOf().isEmpty()).toBe(true);
	});

	test("replaces a value, and drops what is taken back", () => {
		const jar = jarOf("a=1; Path=/", "b=2; Path=/", "c=3; Path=/");
		jar.take(answer("a=9; Path=/", "b=; Path=/; Max-Age=0", "c=x; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), `${origin}/x`);
		expect(jar.header(`${origin}/`)).toBe("a=9");
	});

	test("Max-Age wins over Expires, and what makes no sense is no attribute", () => {
		expect(jarOf("a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT").header(origin)).toBe("a=1");
		expect(jarOf("a=1; Path=/; Max-Age=soon; Expires=whenever").header(origin)).toBe("a=1");
		expect(jarOf("a=1; Path=/; Max-Age=-5").isEmpty()).toBe(true);
	});

	test("keeps to the origin, the path and the domain", () => {
		const jar = jarOf("root=1; Path=/", "deep=2; Path=/app", "other=3; Domain=example.com", "mine=4; Domain=.example.org; Path=/");
		expect(jar.header(`${origin}/application`)).toBe("root=1; mine=4");
		expect(jar.header(`${origin}/app/x`)).toBe("deep=2; root=1; mine=4");
		for (const elsewhere of ["https://other.example.org/app", "http://app.example.org/app", `${origin}:8443/app`]) {
			expect(jar.header(elsewhere)).toBeUndefined();
			expect(jar.header(elsewhere, "own=1")).toBe("own=1");
		}
		jar.take(answer("evil=1; Path=/"), "https://elsewhere.example.org/");
		expect(jar.header(`${origin}/`)).toBe("root=1; mine=4");
	});

	test("without a path, a cookie is for the folder that set it", () => {
		const jar = createCookieJar(origin, () => {});
		jar.take(answer("a=1"), `${origin}/app/login`);
		expect(jar.header(`${origin}/app/queue/join`)).toBe("a=1");
		expect(jar.header(`${origin}/elsewhere`)).toBeUndefined();
	});

	test("secure ones go over https, and to this machine", () => {
		const jar = (at: string): CookieJar => {
			const made = createCookieJar(at, () => {});
			made.take(answer("a=1; Path=/; Secure"), `${at}/login`);
			return made;
		};
		expect(jar("http://10.1.2.3:7860").header("http://10.1.2.3:7860/")).toBeUndefined();
		for (const at of ["http://127.0.0.1:7860", "http://localhost:7860", "http://[::1]:7860", "https://a.example"]) {
			expect(jar(at).header(`${at}/`)).toBe("a=1");
		}
	});

	test("the caller's own cookies win", () => {
		expect(jarOf("a=1; Path=/", "b=2; Path=/").header(origin, "x=y; a=mine")).toBe("x=y; a=mine; b=2");
	});

	test.each(["nothing", "=value", "a b=1", "a=1\u0000", `big=${"x".repeat(5000)}`, "; Path=/"])("%j is no cookie", (line) => {
		const jar = createCookieJar(origin, () => {});
		jar.take({ headers: { getSetCookie: () => [line] } } as unknown as Response, `${origin}/`);
		expect(jar.isEmpty()).toBe(true);
	});

	test("a server cannot fill the memory", () => {
		const jar = jarOf(...Array.from({ length: 500 }, (_, index) => `c${index}=1; Path=/`));
		expect(jar.header(origin)?.split("; ")).toHaveLength(50);
	});

	test("headers that know no getSetCookie", () => {
		const jar = createCookieJar(origin, () => {});
		const line = "a=1; Expires=Wed, 01 Jan 2098 00:00:00 GMT; Path=/, b=2; Path=/";
		jar.take({ headers: { get: () => line } } as unknown as Response, `${origin}/`);
		expect(jar.header(origin)).toBe("a=1; b=2");
	});

	test("tells its values, so that nobody shows them", () => {
		const secrets: string[] = [];
		createCookieJar(origin, (value) => secrets.push(value)).take(answer("a=one", "b=two"), `${origin}/`);
		expect(secrets).toEqual(["one", "two"]);
	});
});
