import { InvalidRequestError, redact } from "@spaceport/core";

/** How a wrong address is told of. */
export interface AddressWords {
	/** The option. */
	readonly path: string;
	/** What it should be, such as `Space`. */
	readonly what: string;
	/** What it is where it is no URL. */
	readonly other: string;
	/** Where a password belongs. */
	readonly secretsGo: string;
	readonly hint: string;
}

/**
 * Reads an http(s) URL.
 *
 * @param value - what a caller gave
 * @param words - what is said of it where it is none
 * @throws InvalidRequestError where it is none, or has a password
 */
export function readAddress(value: string, words: AddressWords): URL {
	if (!URL.canParse(value)) throw badAddress(value, words.other, words);
	const url = new URL(value);
	if (!/^https?:$/.test(url.protocol)) throw badAddress(value, "its protocol is neither http nor https", words);
	if (url.username !== "" || url.password !== "") {
		throw badAddress(value, `it has a password, which belongs into ${words.secretsGo}`, words);
	}
	return url;
}

/** The error of a wrong address. */
export function badAddress(value: unknown, reason: string, { path, what, hint }: AddressWords): InvalidRequestError {
	return new InvalidRequestError(`${redact(JSON.stringify(value) ?? String(value))} is no ${what}: ${reason}.`, { path, hint });
}

/** An address without its query, its fragment, and slashes at its end. */
export function addressOf({ origin, pathname }: URL): string {
	return `${origin}${pathname.replace(/\/+$/, "")}`;
}
