import type { Key } from "./json-container.ts";

/** How many deletes there were so far in a list or dict, and in what it holds. */
interface Count {
	deletes: number;
	readonly inside: Map<Key, Count>;
}

/**
 * Counts the deletes of one difference as Gradio 5.50 and later do.
 *
 * @returns counts one more delete, and gives how much was taken from its position: for each list around it, the deletes that came before it in there
 */
export function createDeleteCount(): (path: readonly Key[]) => number {
	const whole: Count = { deletes: 0, inside: new Map() };
	return (path) => {
		let taken = 0;
		let at = whole;
		for (const [depth, key] of path.entries()) {
			if (typeof key === "number") taken += at.deletes;
			at.deletes += 1;
			if (depth === path.length - 1) break;
			let next = at.inside.get(key);
			if (next === undefined) {
				next = { deletes: 0, inside: new Map() };
				at.inside.set(key, next);
			}
			at = next;
		}
		return taken;
	};
}
