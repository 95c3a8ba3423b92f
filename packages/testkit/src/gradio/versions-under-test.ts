import { isRequired } from "../require.ts";
import { currentGradioVersions, type GradioVersion, gradioVersions, isGradioVersion } from "./versions.ts";

/** Which versions a run of the tests is about, and who said so. */
export interface GradioVersionsUnderTest {
	readonly versions: readonly GradioVersion[];
	/** Whether the run was asked for these: what is missing of them is a failure then, and not a reason to skip. */
	readonly named: boolean;
}

/**
 * The versions that this run of the tests is about: those that the environment variable `SPACEPORT_GRADIO_VERSIONS` lists (with commas, or `all`), else all of
 * them where `SPACEPORT_REQUIRE` names gradio, else the current ones.
 *
 * @throws Error when the variable names a version that is not pinned here: a typing error there would silently skip tests
 */
export function gradioVersionsUnderTest(): GradioVersionsUnderTest {
	const names = (process.env.SPACEPORT_GRADIO_VERSIONS ?? "")
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "");
	const unknown = names.filter((name) => name !== "all" && !isGradioVersion(name));
	if (unknown.length > 0) {
		throw new Error(`SPACEPORT_GRADIO_VERSIONS names "${unknown.join('", "')}", which is none of: all, ${gradioVersions.join(", ")}`);
	}
	if (names.length > 0) {
		return { versions: gradioVersions.filter((version) => names.includes("all") || names.includes(version)), named: true };
	}
	const named = isRequired("gradio");
	return { versions: named ? gradioVersions : currentGradioVersions, named };
}
