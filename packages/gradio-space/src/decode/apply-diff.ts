/** A text that a difference made longer. The strings are the very ones in the values: comparing them by `===` does not look at their characters. */
export interface TextAppend {
	readonly before: string;
	readonly after: string;
	readonly piece: string;
}

/** What a difference made of a value. */
export interface AppliedDiff {
	/** The new value. The old one is as it was; what did not change is shared by both. */
	readonly value: unknown;
	/** The texts that grew, one entry a text. */
	readonly appends: readonly TextAppend[];
	/** How many operations did not fit and were left out. */
	readonly misfits: number;
}

type Key = string | number;

interface Operation {
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
 * Applies one of Gradio's differences to a value. It copies what lies on the paths of the operations and nothing else, so a step costs the same however
 * long the texts are. An operation that does not fit is left out: `process_completed` brings the whole value in any case.
 *
 * Deletes have two meanings. Gradio 4.19 to 5.0 name positions in the list as it was before; later versions mean one after another. In a run of
 * deletes under one parent with strictly rising positions only the first meaning makes sense of what Gradio's own `diff` can send, and it is the
 * same as applying the run from its end.
 *
 * @param value - the value so far
 * @param diff - the operations, `[action, path, value]` each
 */
export function applyDiff(value: unknown, diff: readonly unknown[]): AppliedDiff {
	const operations = diff.map(toOperation);
	let result = value;
	let misfits = 0;
	const appends: TextAppend[] = [];
	for (const operation of inOrder(operations)) {
		if (operation === undefined) {
			misfits += 1;
			continue;
		}
		const next = applyAt(result, operation, 0, appends);
		if (next === misfit) misfits += 1;
		else result = next;
	}
	return { value: result, appends, misfits };
}

const misfit: unique symbol = Symbol("misfit");

function toOperation(item: unknown): Operation | undefined {
	if (!Array.isArray(item) || item.length < 2 || item.length > 3) return undefined;
	const [action, path, value] = item as unknown[];
	if (!actions.has(action) || !Array.isArray(path)) return undefined;
	if (!path.every((key) => typeof key === "string" || (Number.isInteger(key) && (key as number) >= 0))) return undefined;
	return { action: action as Operation["action"], path: path as Key[], value };
}

/** The operations with runs of rising deletes turned around. */
function inOrder(operations: readonly (Operation | undefined)[]): readonly (Operation | undefined)[] {
	const ordered: (Operation | undefined)[] = [];
	for (let start = 0; start < operations.length; ) {
		let end = start + 1;
		while (end < operations.length && isRisingDelete(operations[end - 1], operations[end])) end += 1;
		for (let index = end - 1; index >= start; index -= 1) ordered.push(operations[index]);
		start = end;
	}
	return ordered;
}

function isRisingDelete(first: Operation | undefined, second: Operation | undefined): boolean {
	if (first?.action !== "delete" || second?.action !== "delete" || first.path.length !== second.path.length) return false;
	const a = first.path.at(-1);
	const b = second.path.at(-1);
	if (typeof a !== "number" || typeof b !== "number" || b <= a) return false;
	return first.path.slice(0, -1).every((key, index) => key === second.path[index]);
}

function applyAt(node: unknown, operation: Operation, depth: number, appends: TextAppend[]): unknown {
	const { action, path, value } = operation;
	const key = path[depth];
	if (key === undefined) return applyHere(node, operation, appends);
	const last = depth === path.length - 1;
	if (Array.isArray(node)) {
		if (typeof key !== "number" || key > node.length || (key === node.length && !(last && action === "add"))) return misfit;
		if (last && action === "add") return node.toSpliced(key, 0, value);
		if (last && action === "delete") return node.toSpliced(key, 1);
		const child = applyAt(node[key], operation, depth + 1, appends);
		return child === misfit ? misfit : node.with(key, child);
	}
	if (typeof node !== "object" || node === null) return misfit;
	const name = String(key);
	const entries = node as Readonly<Record<string, unknown>>;
	if (last && action === "add") return { ...entries, [name]: value };
	if (!Object.hasOwn(entries, name)) return misfit;
	if (last && action === "delete") return Object.fromEntries(Object.entries(entries).filter(([other]) => other !== name));
	const child = applyAt(entries[name], operation, depth + 1, appends);
	return child === misfit ? misfit : { ...entries, [name]: child };
}

function applyHere(node: unknown, { action, value }: Operation, appends: TextAppend[]): unknown {
	if (action === "replace") return value;
	if (action !== "append" || typeof node !== "string" || typeof value !== "string") return misfit;
	const after = node + value;
	const earlier = appends.at(-1);
	if (earlier !== undefined && earlier.after === node) {
		appends[appends.length - 1] = { before: earlier.before, after, piece: earlier.piece + value };
	} else {
		appends.push({ before: node, after, piece: value });
	}
	return after;
}
