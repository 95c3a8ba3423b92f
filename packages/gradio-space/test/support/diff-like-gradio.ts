import { isDeepStrictEqual } from "node:util";

import type { Json } from "./json-arbitraries.ts";

/** An operation that can be changed: as Gradio makes it. */
export type MadeOperation = [action: "replace" | "append" | "add" | "delete", path: (string | number)[], value: Json];

/**
 * Makes differences as Gradio's servers do; `gradio-diffs.test.ts` holds it against their own functions. `before`: positions of deletes are those in the list before
 * them (4.19 to 5.29). `after`: each list takes from the deletes in it, its items' included, how many it saw before (5.50 to 6.31).
 */
export function diffLikeGradio(old: Json, now: Json, positions: "before" | "after", path: (string | number)[] = []): MadeOperation[] {
	if (isDeepStrictEqual(old, now)) return [];
	if (typeof old === "string" && typeof now === "string" && now.startsWith(old)) return [["append", path, now.slice(old.length)]];
	if (Array.isArray(old) && Array.isArray(now)) {
		const operations = old.flatMap((item, index) =>
			index < now.length ? diffLikeGradio(item, now[index] as Json, positions, [...path, index]) : [],
		);
		for (let index = now.length; index < old.length; index += 1) operations.push(["delete", [...path, index], null]);
		for (let index = old.length; index < now.length; index += 1) operations.push(["add", [...path, index], now[index] as Json]);
		const deletes = operations.filter((operation) => operation[0] === "delete" && typeof operation[1].at(-1) === "number");
		if (positions === "after") for (const [count, [, at]] of deletes.entries()) at[at.length - 1] = (at.at(-1) as number) - count;
		return operations;
	}
	if (isDict(old) && isDict(now)) {
		const kept = Object.keys(old).flatMap((key): MadeOperation[] =>
			Object.hasOwn(now, key)
				? diffLikeGradio(old[key] as Json, now[key] as Json, positions, [...path, key])
				: [["delete", [...path, key], null]],
		);
		const added = Object.keys(now).filter((key) => !Object.hasOwn(old, key));
		return [...kept, ...added.map((key): MadeOperation => ["add", [...path, key], now[key] as Json])];
	}
	return [["replace", path, now]];
}

function isDict(value: Json): value is { [key: string]: Json } {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
