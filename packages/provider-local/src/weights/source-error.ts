/** Why one source of weights did not work, in one line. It stays inside: what the caller gets is `local-unavailable` with all of them. */
export class SourceError extends Error {
	override readonly name = "SourceError";
	/** Whether the same source may work when it is asked again at once. */
	readonly again: boolean;

	constructor(message: string, options: { readonly again?: boolean; readonly cause?: unknown } = {}) {
		super(message, "cause" in options ? { cause: options.cause } : undefined);
		this.again = options.again ?? false;
	}
}

/** What an unknown failure says, in one line, its deepest cause included: `fetch failed` alone helps nobody. */
export function inOneLine(error: unknown): string {
	const parts: string[] = [];
	for (let at: unknown = error; at instanceof Error && parts.length < 4; at = at.cause) {
		const { code } = at as { code?: unknown };
		const text = at.message === "" ? String(code ?? at.name) : at.message;
		// What wraps a failure often repeats its words.
		if (!parts.some((part) => part.includes(text))) parts.push(text);
	}
	return (parts.length === 0 ? String(error) : parts.join(": ")).replaceAll(/\s+/g, " ");
}
