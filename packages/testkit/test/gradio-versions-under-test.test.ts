import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { currentGradioVersions, gradioRequirement, gradioVersions, gradioVersionsUnderTest } from "../src/gradio/index.ts";

let said: string[];

beforeEach(() => {
	vi.stubEnv("SPACEPORT_REQUIRE", "");
	vi.stubEnv("SPACEPORT_GRADIO_VERSIONS", "");
	// A cache without environments.
	vi.stubEnv("XDG_CACHE_HOME", join(tmpdir(), "spaceport-no-such-cache"));
	said = [];
	vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(() => {
	vi.unstubAllEnvs();
	vi.restoreAllMocks();
});

test.each([
	["nothing is said", {}, currentGradioVersions, false],
	["gradio is required", { SPACEPORT_REQUIRE: "model,gradio" }, gradioVersions, true],
	["all is required", { SPACEPORT_REQUIRE: "all" }, gradioVersions, true],
	["another part is required", { SPACEPORT_REQUIRE: "model" }, currentGradioVersions, false],
	["all versions are named", { SPACEPORT_GRADIO_VERSIONS: "all" }, gradioVersions, true],
	["some are named", { SPACEPORT_GRADIO_VERSIONS: "6.31.0, 4.0.2" }, ["4.0.2", "6.31.0"], true],
	["some are named, and gradio is required", { SPACEPORT_REQUIRE: "gradio", SPACEPORT_GRADIO_VERSIONS: "4.0.2" }, ["4.0.2"], true],
])("where %s", (_, environment, versions, named) => {
	for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
	expect(gradioVersionsUnderTest()).toEqual({ versions, named });
});

test("a version that is not pinned is an error", () => {
	vi.stubEnv("SPACEPORT_GRADIO_VERSIONS", "4.0.2,4.0.3");
	expect(() => gradioVersionsUnderTest()).toThrow('SPACEPORT_GRADIO_VERSIONS names "4.0.3"');
});

test("a version that the run is not about is skipped, and that is said with the way to run it", async () => {
	vi.stubEnv("SPACEPORT_GRADIO_VERSIONS", "5.0.2");
	expect(await gradioRequirement(["4.16.0"])).toMatchObject({ skip: true });
	expect(said).toEqual([expect.stringMatching(/^skipped: tests that need gradio\. .*5\.0\.2 alone.*npm run test:gradio/)]);
});

test.each([{ SPACEPORT_GRADIO_VERSIONS: "4.16.0" }, { SPACEPORT_REQUIRE: "gradio" }])(
	"a version that was asked for and cannot be started is a failure, whichever way: %o",
	async (environment) => {
		for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
		vi.stubEnv("SPACEPORT_PYTHON", join(tmpdir(), "no-such-python"));
		await expect(gradioRequirement(["4.16.0"])).rejects.toThrow("4.16.0, which cannot be started");
	},
);
