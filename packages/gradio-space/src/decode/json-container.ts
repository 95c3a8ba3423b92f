/** A key of a dict, or a position in a list. */
export type Key = string | number;

/** A list or dict of JSON. */
export type Container = Record<Key, unknown>;

/** A copy of a list or dict that has the same members. */
export function copyContainer(container: unknown): Container {
	return (Array.isArray(container) ? container.slice() : { ...(container as Container) }) as Container;
}

/** Whether a list or dict has a member. */
export function hasMember(node: unknown, key: Key): node is Container {
	if (Array.isArray(node)) return typeof key === "number" && key >= 0 && key < node.length;
	return typeof node === "object" && node !== null && Object.hasOwn(node, key);
}
