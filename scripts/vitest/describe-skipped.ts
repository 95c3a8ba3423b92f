/** What makes each part of the machine available. The parts are those of `requirement()` in the testkit. */
const commands: Readonly<Record<string, string>> = {
	gradio: "npm run test:gradio   (every version; needs Python 3.11, and 1.4 GB in your cache folder)",
	model:
		"npm run setup:model, and npm test   (98 MB of weights; with Python 3.11 also real servers that serve them, 700 MB in your cache folder)",
};

/**
 * Turns the lines that `requirement()` said in the test processes into one block, and an empty list into nothing.
 *
 * @param lines such as `skipped: tests that need gradio. The environments are not in the cache.`
 * @param tests how many tests the run skipped altogether
 */
export function describeSkipped(lines: readonly string[], tests: number): string {
	const reasons = new Map<string, Set<string>>();
	for (const line of lines) {
		const [, part, reason] = /^skipped: tests that need (\w+)\. (.*)$/.exec(line) ?? [];
		if (part === undefined || reason === undefined) continue;
		reasons.set(part, (reasons.get(part) ?? new Set()).add(reason));
	}
	if (reasons.size === 0) return "";
	const rule = "─".repeat(80);
	const block = [rule, `SKIPPED: ${tests} tests. Not tested, or not all of it: ${[...reasons.keys()].sort().join(", ")}`];
	for (const [part, texts] of [...reasons].sort(([a], [b]) => (a < b ? -1 : 1))) {
		block.push("", `  ${part}`, ...[...texts].map((text) => `    why:       ${text}`));
		const command = commands[part];
		if (command !== undefined) block.push(`    to run it: ${command}`);
	}
	const all = [...reasons.keys()].sort().join(",");
	block.push("", `  To make skipping a failure: SPACEPORT_REQUIRE=${all} npm test`, rule);
	return block.join("\n");
}
