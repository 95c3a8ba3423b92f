import { runCommand } from "../machine/run-command.ts";
import { prepareGradioEnvironment } from "./environment.ts";
import { type GradioVersion, gradioFile, gradioVersions } from "./versions.ts";

/** The versions that send differences after the first value of a job: all since 4.19. */
export const gradioVersionsWithDiffs: readonly GradioVersion[] = gradioVersions.slice(gradioVersions.indexOf("4.19.2"));

/**
 * Gives what Gradio's own `diff` makes of pairs of values: the operations that a server of that version would send. Makes the version's virtual environment where
 * it is not in the cache: ask {@link gradioRequirement} first.
 *
 * @example
 * ```ts
 * import { gradioDiffs } from "@spaceport/testkit/gradio";
 *
 * console.log(await gradioDiffs("5.50.0", [["Par", "Paris"]])); // [[["append", [], "is"]]]
 * ```
 *
 * @param version - one of {@link gradioVersionsWithDiffs}
 * @param pairs - old and new values, anything that JSON has
 * @returns a list of operations for each pair
 * @throws Error with Python's own words where that fails
 */
export async function gradioDiffs(version: GradioVersion, pairs: readonly (readonly [unknown, unknown])[]): Promise<unknown[][]> {
	const { python } = await prepareGradioEnvironment(version);
	const input = pairs.map((pair) => `${JSON.stringify(pair)}\n`).join("");
	const { code, stdout, stderr } = await runCommand(python, [gradioFile("make-diffs.py")], { input });
	if (code === 3) throw new Error(`Gradio ${version} has no diff: it sends whole values.`);
	if (code !== 0) throw new Error(`Gradio ${version} could not make differences: ${stderr.trim()}`);
	return stdout
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as unknown[]);
}
