/** A part of the machine that some tests need and that a plain `npm test` does without. */
export type RequiredPart = "gradio" | "model" | "chromium" | "redis" | "runtimes";

/** What a test does about a part of the machine: run, or be skipped for a reason. */
export interface Requirement {
	/** True where the tests have to be skipped, as in `describe.skipIf(requirement.skip)`. */
	readonly skip: boolean;
	/** Why, and what to do about it; empty where nothing is skipped. */
	readonly reason: string;
}

const requiredParts: readonly RequiredPart[] = ["gradio", "model", "chromium", "redis", "runtimes"];

const told = new Set<string>();

/**
 * Says whether the environment variable `SPACEPORT_REQUIRE` names a part. It is a list with commas, such as `gradio,model`, or `all`.
 *
 * @throws Error when the variable names a part that does not exist: a typing error there would silently skip tests.
 */
export function isRequired(part: RequiredPart): boolean {
	const names = (process.env.SPACEPORT_REQUIRE ?? "")
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "");
	for (const name of names) {
		if (name !== "all" && !requiredParts.some((known) => known === name)) {
			throw new Error(`SPACEPORT_REQUIRE names "${name}", which is none of: all, ${requiredParts.join(", ")}`);
		}
	}
	return names.includes("all") || names.includes(part);
}

/**
 * Turns "is it there?" into what a test should do. A part that is missing skips its tests, and says so once on stderr; a part that is missing although
 * `SPACEPORT_REQUIRE` names it is a failure, so that a machine which is meant to run everything cannot skip in silence.
 *
 * @param reason why the part is not available, and how to make it available
 * @throws Error when the part is required and not available
 */
export function requirement(part: RequiredPart, available: boolean, reason: string): Requirement {
	const required = isRequired(part);
	if (available) return { skip: false, reason: "" };
	if (required) throw new Error(`SPACEPORT_REQUIRE asks for ${part}, which is not available: ${reason}`);
	return skipAloud(part, reason);
}

/** Skips the tests that need a part, whatever `SPACEPORT_REQUIRE` names, and says so once on stderr. */
export function skipAloud(part: RequiredPart, reason: string): Requirement {
	const line = `skipped: tests that need ${part}. ${reason}`;
	if (!told.has(line)) {
		told.add(line);
		process.stderr.write(`${line}\n`);
	}
	return { skip: true, reason };
}
