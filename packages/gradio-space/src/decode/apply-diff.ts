import { type Operation, type TextAppend, toOperation } from "./apply-append.ts";
import { createDeleteCount } from "./count-deletes.ts";
import { createDraft, type Draft } from "./draft.ts";
import type { Key } from "./json-container.ts";

/** What a difference made of a value. */
export interface AppliedDiff {
	/** The new value. The old one is as it was; what did not change is shared by both. */
	readonly value: unknown;
	/** The texts that grew, one entry a text. */
	readonly appends: readonly TextAppend[];
	/** How many operations did not fit and were left out. */
	readonly misfits: number;
}

/**
 * Applies one of Gradio's differences to a value. It copies what lies on the paths of the operations and nothing else, each list and dict once, so a step costs
 * the same however long the texts are. An operation that does not fit is left out: `process_completed` brings the whole value in any case.
 *
 * Gradio's `diff` shortens a list only at its end, and has two ways to write that down. Gradio 4.19 to 5.29 name positions in the list as it was before. 5.50
 * to 6.31 take from each position how many deletes came before it in the same list, so that they can be applied one after another; but they count
 * the deletes inside of the list's items as well, and again in each list around it, so that positions come out too small, or below zero. What was taken away
 * is known from the operations alone, so it is put back. Where the deletes of a list are its end by neither way, they are applied as they stand: those with
 * strictly rising positions by the list as it was before, others one after another.
 *
 * @param value - the value so far
 * @param diff - the operations, `[action, path, value]` each
 */
export function applyDiff(value: unknown, diff: readonly unknown[]): AppliedDiff {
	const draft = createDraft(value);
	const appends: TextAppend[] = [];
	const countDelete = createDeleteCount();
	let misfits = 0;
	for (const run of inRuns(diff.map(toOperation))) {
		if (run === undefined) misfits += 1;
		else if ("action" in run) misfits += apply(draft, run, appends) ? 0 : 1;
		else misfits += run.paths.length - deletePositions(draft, run, run.paths.map(countDelete));
	}
	return { value: draft.value(), appends, misfits };
}

/** Deletes of positions that follow each other under one parent. */
interface DeleteRun {
	readonly parent: readonly Key[];
	readonly paths: (readonly Key[])[];
	readonly positions: number[];
}

function inRuns(operations: readonly (Operation | undefined)[]): readonly (Operation | DeleteRun | undefined)[] {
	const runs: (Operation | DeleteRun | undefined)[] = [];
	let open: DeleteRun | undefined;
	for (const operation of operations) {
		const position = operation?.action === "delete" ? operation.path.at(-1) : undefined;
		if (operation === undefined || typeof position !== "number") {
			open = undefined;
			runs.push(operation);
			continue;
		}
		const parent = operation.path.slice(0, -1);
		if (open === undefined || !isSamePath(open.parent, parent)) {
			open = { parent, paths: [], positions: [] };
			runs.push(open);
		}
		open.paths.push(operation.path);
		open.positions.push(position);
	}
	return runs;
}

function isSamePath(first: readonly Key[], second: readonly Key[]): boolean {
	return first.length === second.length && first.every((key, index) => key === second[index]);
}

/** Says whether the operation fitted. */
function apply(draft: Draft, { action, path, value }: Operation, appends: TextAppend[]): boolean {
	if (action === "add") return add(draft, path, value);
	const before = draft.find(path);
	if (before === undefined) return false;
	if (action === "replace") draft.set(path, value);
	else if (action === "append") {
		if (typeof before !== "string" || typeof value !== "string") return false;
		const after = before + value;
		draft.set(path, after);
		noteAppend(appends, { before, after, piece: value });
	} else {
		// Positions of lists are deleted in runs.
		if (path.length === 0) return false;
		draft.remove(path);
	}
	return true;
}

function add(draft: Draft, path: readonly Key[], value: unknown): boolean {
	const key = path.at(-1);
	const above = path.slice(0, -1);
	const parent = draft.find(above);
	if (key === undefined || typeof parent !== "object" || parent === null) return false;
	if (!Array.isArray(parent)) draft.set(path, value);
	else if (typeof key === "number" && key >= 0 && key <= parent.length) draft.list(above).splice(key, 0, value);
	else return false;
	return true;
}

function noteAppend(appends: TextAppend[], append: TextAppend): void {
	const earlier = appends.at(-1);
	if (earlier?.after !== append.before) appends.push(append);
	else appends[appends.length - 1] = { before: earlier.before, after: append.after, piece: earlier.piece + append.piece };
}

/** Gives how many of the deletes fitted. */
function deletePositions(draft: Draft, { parent, paths, positions }: DeleteRun, taken: readonly number[]): number {
	const before = draft.find(parent);
	if (!Array.isArray(before)) {
		// A dict whose keys were numbers in Python.
		return paths.filter((path) => apply(draft, { action: "delete", path, value: null }, [])).length;
	}
	const rest = before.length - positions.length;
	const isEnd = (all: readonly number[]): boolean => rest >= 0 && all.every((position, index) => position === rest + index);
	if (isEnd(positions) || isEnd(positions.map((position, index) => position + (taken[index] ?? 0)))) {
		draft.list(parent).length = rest;
		return positions.length;
	}
	const list = draft.list(parent);
	return risingFromTheLast(positions).filter((at) => at >= 0 && at < list.length && list.splice(at, 1)).length;
}

/** Numbers with each run of strictly rising ones turned around. */
function risingFromTheLast(numbers: readonly number[]): readonly number[] {
	const runs: number[][] = [];
	let last = Infinity;
	for (const number of numbers) {
		if (number > last) runs.at(-1)?.push(number);
		else runs.push([number]);
		last = number;
	}
	return runs.flatMap((run) => run.reverse());
}
