import { LocalUnavailableError } from "@spaceport/core";
import { createScriptedProvider, providerRequirement } from "@spaceport/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const answering = () => createScriptedProvider({ scripts: [["a", "b"]] });
const silent = () => createScriptedProvider({ scripts: [[{ fail: new LocalUnavailableError("There are no weights.") }]] });

beforeEach(() => {
	vi.stubEnv("SPACEPORT_REQUIRE", "");
	vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
	vi.unstubAllEnvs();
	vi.restoreAllMocks();
});

test("a provider that answers skips nothing, and is left after its first token", async () => {
	const provider = answering();
	expect(await providerRequirement("model", provider, "Get some.")).toEqual({ skip: false, reason: "" });
	expect(provider.calls[0]?.state).toBe("left");
});

test("one that does not is a reason to skip, with the way to enable it", async () => {
	expect(await providerRequirement("model", silent(), "Get some.")).toEqual({ skip: true, reason: "There are no weights. Get some." });
});

test("where the part is required nobody is asked, and nothing is skipped", async () => {
	vi.stubEnv("SPACEPORT_REQUIRE", "model");
	const provider = silent();
	expect(await providerRequirement("model", provider, "Get some.")).toEqual({ skip: false, reason: "" });
	expect(provider.calls).toEqual([]);
});
