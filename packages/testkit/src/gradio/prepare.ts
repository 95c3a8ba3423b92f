/**
 * Makes the virtual environments of real Gradio servers: `node packages/testkit/src/gradio/prepare.ts [version …]`; without versions, those that a run of the
 * tests with this environment is about: `SPACEPORT_GRADIO_VERSIONS`, `SPACEPORT_REQUIRE`.
 * Exit code: 0 all are there, 1 one could not be made, 2 a version that is not pinned here.
 */
import { availableParallelism } from "node:os";

import { isGradioEnvironmentReady, prepareGradioEnvironment } from "./environment.ts";
import { gradioVersions, isGradioVersion } from "./versions.ts";
import { gradioVersionsUnderTest } from "./versions-under-test.ts";

const asked = process.argv.slice(2);
const unknown = asked.filter((version) => !isGradioVersion(version));
if (unknown.length > 0) {
	say(`not pinned here: ${unknown.join(", ")}. There are: ${gradioVersions.join(", ")}`);
	process.exitCode = 2;
} else {
	const waiting = asked.length > 0 ? asked.filter(isGradioVersion) : [...gradioVersionsUnderTest().versions];
	const workers = Array.from({ length: Math.min(waiting.length, availableParallelism()) }, async () => {
		for (let version = waiting.shift(); version !== undefined; version = waiting.shift()) {
			const startedAt = performance.now();
			if (await isGradioEnvironmentReady(version)) {
				say(`Gradio ${version}: is there`);
				continue;
			}
			say(`Gradio ${version}: making its environment`);
			try {
				const { folder } = await prepareGradioEnvironment(version);
				say(`Gradio ${version}: ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s, in ${folder}`);
			} catch (error) {
				process.exitCode = 1;
				say(error instanceof Error ? error.message : String(error));
			}
		}
	});
	await Promise.all(workers);
}

function say(line: string): void {
	process.stderr.write(`${line}\n`);
}
