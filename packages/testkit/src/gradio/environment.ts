import {
	type EnvironmentPins,
	isEnvironmentReady,
	locateEnvironment,
	type PythonEnvironment,
	prepareEnvironment,
} from "../machine/python-environment.ts";
import { type GradioVersion, gradioFile } from "./versions.ts";

/** A virtual environment with one version of Gradio. */
export interface GradioEnvironment extends PythonEnvironment {
	readonly version: GradioVersion;
}

/** Where the environment of a version is, or would be. Other pins mean another folder, so that an old one is never taken for the new one. */
export async function locateGradioEnvironment(version: GradioVersion): Promise<GradioEnvironment> {
	return { version, ...(await locateEnvironment(pinsOf(version))) };
}

/** Says whether the environment of a version is there and its interpreter still exists. */
export function isGradioEnvironmentReady(version: GradioVersion): Promise<boolean> {
	return isEnvironmentReady(pinsOf(version));
}

/**
 * Gives the environment of a version, and makes it where it is not there: 50 to 300 MB, a few seconds from uv's cache, else as long as the download takes.
 * Two processes that ask at once share the work.
 *
 * @throws Error where there is no Python 3.11, or with uv's own words where the packages cannot be installed
 */
export async function prepareGradioEnvironment(version: GradioVersion): Promise<GradioEnvironment> {
	return { version, ...(await prepareEnvironment(pinsOf(version))) };
}

function pinsOf(version: GradioVersion): EnvironmentPins {
	return { title: `Gradio ${version}`, kind: "gradio", name: version, requirements: gradioFile(`requirements-${version}.txt`) };
}
