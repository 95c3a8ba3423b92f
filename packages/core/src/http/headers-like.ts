/** The headers of an answer: `Headers`, a `Map`, or an object such as Node's. Their names may be in any case. */
export type HeadersLike =
	| { readonly forEach: (visit: (value: string, name: string) => void) => void }
	| Readonly<Record<string, string | readonly string[] | number | null | undefined>>;

/**
 * Headers by their names in lower case. What is no text is left out, and of several values under one name the first counts.
 *
 * @param headers - in any of their forms
 */
export function readHeaders(headers: HeadersLike | null | undefined): ReadonlyMap<string, string> {
	const read = new Map<string, string>();
	const add = (value: unknown, name: unknown): void => {
		const first: unknown = Array.isArray(value) ? value[0] : value;
		if (typeof name !== "string" || (typeof first !== "string" && typeof first !== "number")) return;
		const key = name.toLowerCase();
		if (!read.has(key)) read.set(key, String(first).trim());
	};
	if (typeof headers?.forEach === "function") headers.forEach(add);
	else for (const [name, value] of Object.entries(headers ?? {})) add(value, name);
	return read;
}
