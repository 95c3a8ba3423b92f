import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { currentRuntime } from "@spaceport/testkit";

/** Runs the garbage collector; undefined in a runtime that cannot be asked to. */
export const collectGarbage: (() => void) | undefined = find();

function find(): (() => void) | undefined {
	const { gc, Bun } = globalThis as { readonly gc?: () => void; readonly Bun?: { gc(now: boolean): void } };
	if (gc !== undefined) return gc;
	if (Bun !== undefined) return () => Bun.gc(true);
	if (currentRuntime().name === "workerd") return undefined;
	setFlagsFromString("--expose-gc");
	return runInNewContext("gc") as () => void;
}
