import { afterEach, expect, test, vi } from "vitest";

import { isRequired, requirement } from "../src/require.ts";

afterEach(() => {
	vi.unstubAllEnvs();
	vi.restoreAllMocks();
});

test("a part that is there skips nothing", () => {
	vi.stubEnv("SPACEPORT_REQUIRE", "");
	expect(requirement("redis", true, "not used")).toEqual({ skip: false, reason: "" });
});

test("a missing part is skipped, and said once", () => {
	vi.stubEnv("SPACEPORT_REQUIRE", "gradio");
	const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
	for (let time = 0; time < 2; time++) {
		expect(requirement("redis", false, "Install redis-server.")).toEqual({ skip: true, reason: "Install redis-server." });
	}
	expect(written.mock.calls).toEqual([["skipped: tests that need redis. Install redis-server.\n"]]);
});

test.each(["redis", "gradio, redis", "all"])("SPACEPORT_REQUIRE=%s makes a missing part a failure", (value) => {
	vi.stubEnv("SPACEPORT_REQUIRE", value);
	expect(() => requirement("redis", false, "Install redis-server.")).toThrow(
		"asks for redis, which is not available: Install redis-server.",
	);
	expect(requirement("redis", true, "")).toEqual({ skip: false, reason: "" });
});

test("a name that does not exist is an error", () => {
	vi.stubEnv("SPACEPORT_REQUIRE", "gradoi");
	expect(() => isRequired("gradio")).toThrow('SPACEPORT_REQUIRE names "gradoi"');
});
