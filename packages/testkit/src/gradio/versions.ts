import { fileURLToPath } from "node:url";

/** The versions of Gradio whose packages are pinned in this package, oldest first: one for each change of its wire protocol. */
export const gradioVersions = ["3.50.2", "4.0.2", "4.16.0", "4.19.2", "4.21.0", "4.29.0", "4.44.1", "5.0.2", "5.50.0", "6.31.0"] as const;

/** A version of Gradio that {@link startGradioServer} can run. */
export type GradioVersion = (typeof gradioVersions)[number];

/** The versions that tests run against unless they say otherwise: the last of each living major version. */
export const currentGradioVersions: readonly GradioVersion[] = ["4.44.1", "5.50.0", "6.31.0"];

/** Says whether a string is a version that is pinned here. */
export function isGradioVersion(version: string): version is GradioVersion {
	return gradioVersions.some((known) => known === version);
}

/** The path of a file in this package's `gradio` folder, from the sources and from the build alike. */
export function gradioFile(name: string): string {
	return fileURLToPath(new URL(`../../gradio/${name}`, import.meta.url));
}
