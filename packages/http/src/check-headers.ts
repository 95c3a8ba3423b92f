import { InvalidRequestError } from "@spaceport/core";

/**
 * Looks at a bearer token or a key.
 *
 * @param name - what it is called in the options: `token`
 * @param value - the token; undefined where there is none
 * @throws InvalidRequestError, which does not show it, where it cannot be one
 */
export function checkToken(name: string, value: unknown): void {
	if (value === undefined || (typeof value === "string" && /^[\x21-\x7e]+$/.test(value))) return;
	throw new InvalidRequestError(`The ${name} has characters that none has, such as white space or a line break.`, {
		path: name,
		hint: "Look for a line break at its end; its value is not shown here.",
	});
}

/**
 * Looks at a caller's headers.
 *
 * @param headers - by their names
 * @throws InvalidRequestError, which does not show their values, where one of them cannot be sent
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
	for (const [name, value] of Object.entries(headers)) {
		try {
			if (typeof value !== "string") throw new TypeError("not a string");
			new Headers().set(name, value);
		} catch {
			throw new InvalidRequestError(`The header ${JSON.stringify(name)} has a name or a value that no header can have.`, {
				path: `headers.${name}`,
				hint: "Its value is not shown here. Headers are Latin-1 text without line breaks.",
			});
		}
	}
}

/** Headers by names that can be compared, so that a caller's own take the place of others. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
