import { loadPart } from "@spaceport/core";
import { expect, test } from "vitest";

test("what is loaded is given", async () => {
	expect(await loadPart("parts", async () => "part")).toBe("part");
});

test("what cannot be loaded is a network error that says which part, and why", async () => {
	const cause = new TypeError("Failed to fetch dynamically imported module");
	const loading = loadPart("limits", () => Promise.reject(cause));
	await expect(loading).rejects.toMatchObject({ code: "network", phase: "load", cause });
	await expect(loading).rejects.toThrow(/limits.*Failed to fetch dynamically imported module/);
});

test.for(["before", "while"])("an abort %s it loads is heeded at once, and leaves no listener", async (when) => {
	const controller = new AbortController();
	const reason = new Error("left");
	if (when === "before") controller.abort(reason);
	const part = Promise.withResolvers<string>();
	const loading = loadPart("parts", () => part.promise, controller.signal);
	controller.abort(reason);
	await expect(loading).rejects.toMatchObject({ code: "aborted", reason });
	part.resolve("late");
});
