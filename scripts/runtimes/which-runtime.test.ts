import { currentRuntime } from "@spaceport/testkit";
import { expect, test } from "vitest";

declare module "vitest" {
	interface TaskMeta {
		runtime?: { readonly name: string; readonly version: string | undefined };
	}
}

test("the tests run in the runtime that was asked for", ({ task }) => {
	const { name, version } = currentRuntime();
	task.meta.runtime = { name, version };
	expect(name).toBe(process.env.SPACEPORT_RUNTIME);
});
