import { inspect as show } from "vitest/internal/browser";

export const inspect = (value: unknown): string => show(value);

const kindOf = (value: unknown): string | undefined =>
	typeof value === "function" ? Object.prototype.toString.call(value).slice("[object ".length, -1) : undefined;

export const types = {
	isGeneratorFunction: (value: unknown): boolean => /GeneratorFunction$/.test(kindOf(value) ?? ""),
	isAsyncFunction: (value: unknown): boolean => /^Async/.test(kindOf(value) ?? ""),
};

/** Compares JSON values. */
export function isDeepStrictEqual(one: unknown, other: unknown): boolean {
	if (Object.is(one, other)) return true;
	if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
	if (Array.isArray(one) !== Array.isArray(other)) return false;
	const names = Object.keys(one);
	if (names.length !== Object.keys(other).length) return false;
	return names.every(
		(name) =>
			Object.hasOwn(other, name) && isDeepStrictEqual((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
	);
}

export const promisify = (): never => {
	throw new Error("promisify is not here");
};
