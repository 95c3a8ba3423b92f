import { findPython } from "../machine/find-python.ts";
import { missingPython } from "../machine/python-environment.ts";
import { type Requirement, requirement, skipAloud } from "../require.ts";
import { isGradioEnvironmentReady } from "./environment.ts";
import { currentGradioVersions, type GradioVersion } from "./versions.ts";
import { gradioVersionsUnderTest } from "./versions-under-test.ts";

/** Whether real Gradio servers can be started, and if not, why and what to do. */
export interface GradioAvailability {
	readonly available: boolean;
	/** Empty where they can be started. */
	readonly reason: string;
}

/**
 * Says whether servers of these versions can be started: their environments are in the cache, or the run was asked for them (`SPACEPORT_REQUIRE`,
 * `SPACEPORT_GRADIO_VERSIONS`) and there is a Python 3.11 to make them with. Nothing is installed here, and nothing ever without being asked for.
 *
 * @param versions default {@link currentGradioVersions}
 */
export async function gradioAvailability(versions: readonly GradioVersion[] = currentGradioVersions): Promise<GradioAvailability> {
	const ready = await Promise.all(versions.map(isGradioEnvironmentReady));
	const missing = versions.filter((_, index) => !ready[index]);
	if (missing.length === 0) return { available: true, reason: "" };
	if ((await findPython()) === undefined) return { available: false, reason: missingPython("A real Gradio server") };
	if (gradioVersionsUnderTest().named) return { available: true, reason: "" };
	return {
		available: false,
		reason:
			`The environments for Gradio ${missing.join(", ")} are not in the cache (50 to 300 MB each). To make them: ` +
			`node packages/testkit/src/gradio/prepare.ts ${missing.join(" ")}, or run the tests with SPACEPORT_REQUIRE=gradio.`,
	};
}

/**
 * What a test of real Gradio servers does on this machine and in this run, which may be about fewer versions ({@link gradioVersionsUnderTest}). Use it at the
 * top of a test file:
 *
 * @example
 * ```ts
 * import { gradioRequirement, startGradioServer } from "@spaceport/testkit/gradio";
 * import { expect, test } from "vitest";
 *
 * const gradio = await gradioRequirement(["5.50.0"]);
 * test.skipIf(gradio.skip)("the server has a config", async () => {
 *   await using server = await startGradioServer({ version: "5.50.0" });
 *   expect((await fetch(`${server.baseUrl}/config`)).status).toBe(200);
 * });
 * ```
 *
 * @param versions default {@link currentGradioVersions}
 * @throws Error when the run was asked for these versions and the servers cannot be started
 */
export async function gradioRequirement(versions: readonly GradioVersion[] = currentGradioVersions): Promise<Requirement> {
	const run = gradioVersionsUnderTest();
	if (versions.some((version) => !run.versions.includes(version))) {
		return skipAloud(
			"gradio",
			`This run is about Gradio ${run.versions.join(", ")} alone. For all versions: npm run test:gradio; for some: SPACEPORT_GRADIO_VERSIONS=4.0.2,6.31.0 npm test.`,
		);
	}
	const { available, reason } = await gradioAvailability(versions);
	if (!available && run.named) throw new Error(`This run is about Gradio ${versions.join(", ")}, which cannot be started: ${reason}`);
	return requirement("gradio", available, reason);
}
