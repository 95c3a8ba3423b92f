import { GrowingText, GrowingTextSnapshot } from "./growing-text.ts";

/** One edit of a value, as Gradio sends it: what to do, where, and with what. */
export type Edit = [action: "replace" | "append" | "add" | "delete", path: (string | number)[], value: unknown];

/** A copy of what a function yields, which does not change when the function goes on to change its own. */
export function snapshotOf(value: unknown): unknown {
	if (value instanceof GrowingText) return new GrowingTextSnapshot(value);
	if (Array.isArray(value)) return value.map(snapshotOf);
	if (typeof value !== "object" || value === null) return value ?? null;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, snapshotOf(item)]));
}

/**
 * The edits that make one snapshot into another, in the order of Gradio's own `diff` (gradio/utils.py).
 *
 * @param deletes `before`: positions in the list before all deletes (up to 5.0); `after`: each position after the deletes before it. Gradio corrects the
 * positions once for each list that they are in, so that those of nested lists come out wrong; that is so here, too
 */
export function editsBetween(
	before: unknown,
	after: unknown,
	deletes: "before" | "after",
	path: readonly (string | number)[] = [],
): Edit[] {
	if (before instanceof GrowingTextSnapshot && after instanceof GrowingTextSnapshot && before.source === after.source) {
		if (before.length === after.length) return [];
		if (before.length < after.length)
			return [["append", [...path], after.source.since(before.length).slice(0, after.length - before.length)]];
	}
	const old = before instanceof GrowingTextSnapshot ? before.toJSON() : before;
	const now = after instanceof GrowingTextSnapshot ? after.toJSON() : after;
	if (Object.is(old, now) || equalNumbers(old, now)) return [];
	if (typeof old === "string" && typeof now === "string" && now.startsWith(old)) return [["append", [...path], now.slice(old.length)]];
	if (Array.isArray(old) && Array.isArray(now)) return listEdits(old, now, deletes, path);
	if (isDict(old) && isDict(now)) return dictEdits(old, now, deletes, path);
	return [["replace", [...path], now]];
}

function listEdits(
	old: readonly unknown[],
	now: readonly unknown[],
	deletes: "before" | "after",
	path: readonly (string | number)[],
): Edit[] {
	const edits: Edit[] = [];
	const common = Math.min(old.length, now.length);
	for (let index = 0; index < common; index++) edits.push(...editsBetween(old[index], now[index], deletes, [...path, index]));
	for (let index = common; index < old.length; index++) edits.push(["delete", [...path, index], null]);
	for (let index = common; index < now.length; index++) edits.push(["add", [...path, index], now[index]]);
	if (deletes === "after") {
		let seen = 0;
		for (const [action, where] of edits) {
			const last = where.at(-1);
			if (action === "delete" && typeof last === "number") where[where.length - 1] = last - seen++;
		}
	}
	return edits;
}

function dictEdits(
	old: Readonly<Record<string, unknown>>,
	now: Readonly<Record<string, unknown>>,
	deletes: "before" | "after",
	path: readonly (string | number)[],
): Edit[] {
	const edits: Edit[] = [];
	for (const key of Object.keys(old)) {
		if (Object.hasOwn(now, key)) edits.push(...editsBetween(old[key], now[key], deletes, [...path, key]));
		else edits.push(["delete", [...path, key], null]);
	}
	for (const key of Object.keys(now)) if (!Object.hasOwn(old, key)) edits.push(["add", [...path, key], now[key]]);
	return edits;
}

function isDict(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** In Python, `1 == True`. */
function equalNumbers(old: unknown, now: unknown): boolean {
	const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "boolean";
	return isNumber(old) && isNumber(now) && Number(old) === Number(now);
}
