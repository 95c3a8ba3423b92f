/** Stands in for `node:assert/strict` with vitest's chai. */
import { assert as chai } from "vitest";

import { isDeepStrictEqual } from "./node-util.ts";

type Expected = ((error: unknown) => boolean) | RegExp | object;

export const ok = (value: unknown, message?: string): void => chai.isOk(value, message);
export const equal = (one: unknown, other: unknown, message?: string): void =>
	chai.ok(Object.is(one, other), message ?? `${one} is not ${other}`);
export const notEqual = (one: unknown, other: unknown, message?: string): void =>
	chai.ok(!Object.is(one, other), message ?? `it is ${other}`);
export const deepEqual = (one: unknown, other: unknown, message?: string): void =>
	chai.ok(isDeepStrictEqual(one, other), message ?? `${JSON.stringify(one)} is not ${JSON.stringify(other)}`);
export const match = (text: string, pattern: RegExp, message?: string): void => chai.match(text, pattern, message);
export const fail = (message?: string): never => chai.fail(message) as never;
export const doesNotThrow = (work: () => unknown): void => void work();

export async function rejects(promise: Promise<unknown>, expected?: Expected): Promise<void> {
	let failed = false;
	try {
		await promise;
	} catch (error) {
		failed = true;
		if (typeof expected === "function") chai.ok(expected(error), `fails with ${String(error)}`);
		else if (expected !== undefined) throw new Error("assert.rejects takes functions alone here");
	}
	chai.ok(failed, "it does not fail");
}

export default { ok, equal, notEqual, deepEqual, match, fail, doesNotThrow, rejects };
