/** Removes known secrets from texts. */
export interface Scrubber {
	/** The text without the secrets. */
	text(text: string): string;
	/** An error, as it is where no secret can occur in it or in its causes, else a copy of what can be shown: texts and numbers, no objects. */
	cause(error: unknown): unknown;
}

const secretName = /authorization|cookie|token|secret|password|api-?key|^x-zerogpu/i;
const shortestSecret = 4;
const redacted = "[redacted]";

/** What a caller wants nobody to see. */
export interface Secrets {
	/** Tokens, keys, passwords, cookies. Those that come later are added to it. */
	readonly values: Iterable<string | undefined>;
	/** The caller's headers; those whose names say so are secret. */
	readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes a scrubber for secrets, and for those headers whose names say that they are. The general patterns of core's `redact` come on top of it
 * when an error is made; this one knows the literal values, whatever they look like.
 *
 * @param secrets - all of them
 */
export function createScrubber({ values, headers }: Secrets): Scrubber {
	const secrets = new Set<string>();
	const add = (secret: string | undefined): void => {
		if (secret === undefined || secret.length < shortestSecret) return;
		for (const form of formsOf(secret)) secrets.add(form);
	};
	for (const secret of values) add(secret);
	for (const [name, value] of Object.entries(headers)) {
		if (!secretName.test(name)) continue;
		add(value);
		// The parts as well: `Bearer <token>`, `name=value; name=value`.
		for (const part of value.split(/[\s;,]+/)) {
			if (/^(?:bearer|basic|digest)$/i.test(part)) continue;
			add(part);
			if (/cookie/i.test(name)) add(part.slice(part.indexOf("=") + 1));
		}
	}
	const longestFirst = [...secrets].sort((a, b) => b.length - a.length);

	function text(value: string): string {
		let result = value;
		for (const secret of longestFirst) if (result.includes(secret)) result = result.replaceAll(secret, redacted);
		return result;
	}

	function leaks(error: unknown, depth = 0): boolean {
		if (typeof error === "string") return text(error) !== error;
		if (!(error instanceof Error)) return false;
		if (text(error.message) !== error.message || (error.stack !== undefined && text(error.stack) !== error.stack)) return true;
		// Objects beside the message, such as the request that failed, show their headers where the error is printed.
		if (
			Object.values(error).some((value) =>
				typeof value === "string" ? text(value) !== value : typeof value === "object" && value !== null,
			)
		) {
			return true;
		}
		return depth < 5 && leaks(error.cause, depth + 1);
	}

	function copy(error: unknown, depth = 0): unknown {
		if (typeof error === "string") return text(error);
		if (!(error instanceof Error)) return error;
		const cause = depth < 5 && error.cause !== undefined ? copy(error.cause, depth + 1) : undefined;
		const plain = new Error(text(error.message), cause === undefined ? undefined : { cause });
		plain.name = error.name;
		plain.stack = text(error.stack ?? "");
		for (const [key, value] of Object.entries(error)) {
			if (typeof value === "string") Object.assign(plain, { [key]: text(value) });
			else if (typeof value === "number" || typeof value === "boolean") Object.assign(plain, { [key]: value });
		}
		return plain;
	}

	return { text, cause: (error) => (longestFirst.length > 0 && leaks(error) ? copy(error) : error) };
}

/** A secret as it stands in text, in a URL, in a form and in JSON. */
function formsOf(secret: string): readonly string[] {
	const formed = secret.toWellFormed();
	const form = new URLSearchParams({ "": formed }).toString().slice(1);
	return [secret, formed, encodeURIComponent(formed), form, JSON.stringify(secret).slice(1, -1)];
}
