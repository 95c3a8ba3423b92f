import type { ValueForm } from "../handshake/protocol.ts";
import { lateTools } from "../provider/late-tools.ts";
import { applyAppend, isDiff, isNoDiff, type TextAppend } from "./apply-append.ts";

/** The outputs of a job after a step. */
export interface OutputStep {
	/** All outputs in order. Safe to keep: later steps make new values and share only what did not change. */
	readonly data: readonly unknown[];
	/** The texts that this step made longer. */
	readonly appends: readonly TextAppend[];
	/** How many operations did not fit. */
	readonly misfits: number;
}

/** Rebuilds the outputs of one job from what its steps send. */
export interface OutputState {
	/** A `process_generating`. It throws where something has to be loaded first: then it is called once more. */
	generating(data: readonly unknown[]): OutputStep;
	/** The `process_completed`: always whole values. */
	completed(data: readonly unknown[]): OutputStep;
}

/**
 * Makes the state of one job.
 *
 * The first values of a job are whole. What comes after them is told by the protocol, since a difference and a whole value are not told apart by shape:
 * a JSON output may be a list that looks like operations. What cannot be operations is a whole value all the same. Only where the protocol is not known, because the Space has no usable config, is the shape
 * asked: a step counts as differences where an output is a list of operations and they fit what is there, or where all outputs are empty lists and those so
 * far are not. Whatever is taken wrong that way is right again at the end.
 *
 * @param form - how values come after the first
 */
export function createOutputState(form: ValueForm): OutputState {
	let current: readonly unknown[] | undefined;

	function whole(data: readonly unknown[]): OutputStep {
		current = data;
		return { data, appends: [], misfits: 0 };
	}

	function differences(before: readonly unknown[], data: readonly unknown[]): OutputStep {
		const appends: TextAppend[] = [];
		let misfits = 0;
		const next = [...before];
		for (const [index, diff] of data.entries()) {
			if (Array.isArray(diff) && index < before.length) {
				if (diff.length === 0) continue;
				const grown = applyAppend(before[index], diff);
				if (grown !== undefined) {
					next[index] = grown.value;
					appends.push({ before: grown.before, after: grown.after, piece: grown.piece });
					continue;
				}
			}
			if (isNoDiff(diff)) {
				next[index] = diff;
				continue;
			}
			// The outputs can become more where the app is loaded anew while a job runs (Gradio 6).
			const applied = lateTools().applyDiff(before[index] ?? null, diff as readonly unknown[]);
			next[index] = applied.value;
			appends.push(...applied.appends);
			misfits += applied.misfits;
		}
		return { data: next, appends, misfits };
	}

	return {
		generating(data) {
			if (current === undefined || form === "full") return whole(data);
			if (form === "unknown" && !looksLikeDifferences(data, current)) return whole(data);
			const step = differences(current, data);
			if (form === "unknown" && step.misfits > 0) return whole(data);
			current = step.data;
			return step;
		},
		completed: whole,
	};
}

function looksLikeDifferences(data: readonly unknown[], current: readonly unknown[]): boolean {
	if (data.length !== current.length) return false;
	const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
	// No value of a Chatbot or a text looks like an operation, so one list of them speaks for the step.
	return data.some((value) => isDiff(value) && !isEmpty(value)) || (data.every(isEmpty) && !current.every(isEmpty));
}
