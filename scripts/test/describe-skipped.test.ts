import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test, vi } from "vitest";

import { requirement } from "../../packages/testkit/src/require.ts";
import { describeSkipped } from "../vitest/describe-skipped.ts";

test("each part is said once, with every reason and the command that enables it", () => {
	const line = "skipped: tests that need gradio. There is no Python 3.11.";
	const block = describeSkipped(
		[line, line, "skipped: tests that need gradio. No disk.", "skipped: tests that need model. No weights."],
		12,
	);
	expect(block).toContain("SKIPPED: 12 tests");
	expect(block.match(/There is no Python/g)).toHaveLength(1);
	expect(block).toContain("No disk.");
	expect(block).toContain("npm run test:gradio");
	expect(block).toContain("SPACEPORT_REQUIRE=gradio,model npm test");
});

test("nothing skipped, nothing said", () => {
	expect(describeSkipped([], 3)).toBe("");
});

test("what requirement() says reaches the reporter's file instead of stderr", async () => {
	const file = join(tmpdir(), `spaceport-skipped-${process.pid}`);
	vi.stubEnv("SPACEPORT_SKIPPED_FILE", file);
	vi.stubEnv("SPACEPORT_REQUIRE", "");
	const real = process.stderr;
	const written: string[] = [];
	const stderr = { write: (text: string): boolean => written.push(text) > 0 };
	Object.defineProperty(process, "stderr", { value: stderr, configurable: true });
	try {
		vi.resetModules();
		await import("../vitest/collect-skipped.ts");
		requirement("runtimes", false, "Only for this test.");
		process.stderr.write("something else\n");
	} finally {
		Object.defineProperty(process, "stderr", { value: real, configurable: true });
		vi.unstubAllEnvs();
	}
	const collected = readFileSync(file, "utf8");
	rmSync(file);
	expect(collected).toBe("skipped: tests that need runtimes. Only for this test.\n");
	expect(written).toEqual(["something else\n"]);
});
