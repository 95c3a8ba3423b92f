import { copyContainer, hasMember, type Key } from "./json-container.ts";

/** A text that a difference made longer. The strings are the very ones in the values: comparing them by `===` does not look at their characters. */
export interface TextAppend {
	readonly before: string;
	readonly after: string;
	readonly piece: string;
}

/** One of the operations of a difference. */
export interface Operation {
	readonly action: "replace" | "append" | "add" | "delete";
	readonly path: readonly Key[];
	readonly value: unknown;
}

const actions: ReadonlySet<unknown> = new Set(["replace", "append", "add", "delete"]);

/**
 * Whether something that should be a list of operations cannot be one, and so is a whole value: no list, or a list without anything that looks like an
 * operation, be it one that is not known.
 *
 * @param value - one entry of an output list
 */
export function isNoDiff(value: unknown): boolean {
	if (!Array.isArray(value)) return true;
	return value.length > 0 && !value.some((item) => Array.isArray(item) && typeof item[0] === "string" && Array.isArray(item[1]));
}

/**
 * Whether something has the shape of a list of operations. Without operations it is one too: nothing changed.
 *
 * @param value - one entry of an output list
 */
export function isDiff(value: unknown): value is readonly (readonly unknown[])[] {
	return Array.isArray(value) && value.every((item) => toOperation(item) !== undefined);
}

/**
 * Applies the difference that most steps consist of: one text that grew. It gives what `applyDiff` gives, at a part of the cost.
 *
 * @param value - the value so far
 * @param diff - the operations
 * @returns undefined where it is another difference, or does not fit
 */
export function applyAppend(value: unknown, diff: readonly unknown[]): (TextAppend & { readonly value: unknown }) | undefined {
	const operation = diff.length === 1 ? toOperation(diff[0]) : undefined;
	if (operation?.action !== "append" || typeof operation.value !== "string") return undefined;
	const { path, value: piece } = operation;
	let before = value;
	for (const key of path) {
		if (key === "__proto__" || !hasMember(before, key)) return undefined;
		before = before[key];
	}
	if (typeof before !== "string") return undefined;
	const after = before + piece;
	const root: Record<Key, unknown> = { value };
	let parent = root;
	let key: Key = "value";
	for (const next of path) {
		parent[key] = copyContainer(parent[key]);
		parent = parent[key] as Record<Key, unknown>;
		key = next;
	}
	parent[key] = after;
	return { value: root.value, before, after, piece };
}

/** What can be an operation, as one. */
export function toOperation(item: unknown): Operation | undefined {
	if (!Array.isArray(item) || item.length < 2 || item.length > 3) return undefined;
	const [action, path, value] = item as unknown[];
	if (!actions.has(action) || !Array.isArray(path) || (value === undefined && action !== "delete")) return undefined;
	if (!path.every((key) => typeof key === "string" || Number.isSafeInteger(key))) return undefined;
	return { action: action as Operation["action"], path: path as Key[], value };
}
