import { type Container, copyContainer, hasMember, type Key } from "./json-container.ts";

/** A JSON value that is being changed, while the one that it was made from stays as it is. */
export interface Draft {
	/** The value as it is now. What did not change is shared with the one before. */
	value(): unknown;
	/** What a path leads to; undefined where it leads nowhere. JSON has no undefined. */
	find(path: readonly Key[]): unknown;
	/** Puts a value at a path whose parent is there: over a member that is there, or as a dict's new one. */
	set(path: readonly Key[], value: unknown): void;
	/** Takes away a dict's member. */
	remove(path: readonly Key[]): void;
	/** The list that a path leads to, to be changed. */
	list(path: readonly Key[]): unknown[];
}

/**
 * Makes a draft of a value. Each list and dict is copied once, when something in it changes for the first time. Nothing here is recursive: a path may have any
 * number of keys.
 *
 * @param original - any JSON value
 */
export function createDraft(original: unknown): Draft {
	let root = original;
	/** The lists and dicts that were made here, and so may be changed. */
	const made = new Set<unknown>();

	function copyOnce(container: unknown): Container {
		if (made.has(container)) return container as Container;
		const copy = copyContainer(container);
		made.add(copy);
		return copy;
	}

	function open(path: readonly Key[]): Container {
		const top = copyOnce(root);
		root = top;
		let at = top;
		for (const key of path) {
			const child = copyOnce(at[key]);
			setMember(at, key, child);
			at = child;
		}
		return at;
	}

	return {
		value: () => root,
		find(path) {
			let at = root;
			for (const key of path) {
				if (!hasMember(at, key)) return undefined;
				at = at[key];
			}
			return at;
		},
		set(path, value) {
			const key = path.at(-1);
			if (key === undefined) root = value;
			else setMember(open(path.slice(0, -1)), key, value);
		},
		remove(path) {
			Reflect.deleteProperty(open(path.slice(0, -1)), path.at(-1) ?? "");
		},
		list: (path) => open(path) as unknown as unknown[],
	};
}

function setMember(container: Container, key: Key, value: unknown): void {
	// An assignment would change the object's prototype.
	if (key === "__proto__") Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
	else container[key] = value;
}
