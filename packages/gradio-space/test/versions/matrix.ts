import { type GradioVersion, gradioRequirement } from "@spaceport/testkit/gradio";
import { describe } from "vitest";

import { busyPlace } from "./busy-place.ts";
import { testCalls } from "./calls.ts";
import { testFailures } from "./failures.ts";
import { testFiles } from "./files.ts";
import { testForced } from "./forced.ts";
import { testLogin } from "./login.ts";
import { testQueue } from "./queue.ts";
import { testRelease } from "./release.ts";
import { useServers } from "./servers.ts";
import { testSessions } from "./sessions.ts";
import { testValues } from "./values.ts";

/**
 * The tests that every version of Gradio has to pass, against real servers. They run at once, since most of what they do is wait.
 *
 * @param version - its environment is made where the run is about it
 */
export async function testVersion(version: GradioVersion): Promise<void> {
	const gradio = await gradioRequirement([version]);
	describe.skipIf(gradio.skip).concurrent(`on Gradio ${version}`, () => {
		const under = useServers(version);
		const place = busyPlace(under.narrow);
		// Those that wait longest come first.
		describe("release", () => testRelease(under, place));
		describe("the queue", () => testQueue(under, place));
		describe("calls", () => testCalls(under));
		describe("other ways to call", () => testForced(under));
		describe("sessions", () => testSessions(under));
		describe("files", () => testFiles(under));
		describe("values", () => testValues(under));
		describe("a login", () => testLogin(under));
		describe("failures", () => testFailures(under));
	});
}
