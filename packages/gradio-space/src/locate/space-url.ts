import { type AddressWords, addressOf, badAddress, readAddress } from "./read-address.ts";

const spaceId = /^[A-Za-z0-9][\w.-]*\/[\w.-]*[\w-][\w.-]*$/;
const hubPage = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/spaces\/([^/?#]+\/[^/?#]+)/i;
const hubDomain = /^([a-z0-9-]+)\.hf\.space$/;

const words: AddressWords = {
	path: "space",
	what: "Space",
	other: "it is neither owner/name nor a URL",
	secretsGo: "token or headers",
	hint: 'Give the Space as "owner/name", or the URL of a Gradio server such as "http://127.0.0.1:7860".',
};

/** What a caller's words for a Space say about it. */
export interface SpaceAddress {
	/** `owner/name`, where it was given so, or by its page on the hub. */
	readonly id: string | undefined;
	/** Where the hub's API tells about it; undefined for a server that the hub does not know. */
	readonly hubPath: string | undefined;
	/** Its address, without a slash at its end. By the static rule where only the id is known. */
	readonly url: string;
}

/**
 * Reads what a caller gave as a Space. `owner/name` becomes `https://owner-name.hf.space`: lower case, every character that is no letter and no digit
 * as `-`. The page of a Space on the hub means the Space itself. Any other http(s) URL is taken as it is, with its path; the hub is asked about such
 * a server only where its host is of the hub's own domain, `*.hf.space`.
 *
 * @param idOrUrl - `owner/name`, or where a Gradio server answers
 * @throws InvalidRequestError where it is neither
 */
export function spaceAddress(idOrUrl: string): SpaceAddress {
	if (typeof idOrUrl !== "string") throw badAddress(idOrUrl, "it is no string", words);
	const text = idOrUrl.trim();
	const id = hubPage.exec(text)?.[1] ?? text;
	if (spaceId.test(id)) {
		return { id, hubPath: `/api/spaces/${id}`, url: `https://${id.toLowerCase().replaceAll(/[^a-z0-9]/g, "-")}.hf.space` };
	}
	const url = readAddress(text, words);
	const subdomain = hubDomain.exec(url.hostname)?.[1];
	return {
		// Which dash of the subdomain stands between owner and name cannot be told.
		id: undefined,
		hubPath: subdomain === undefined ? undefined : `/api/spaces/by-subdomain/${subdomain}`,
		url: addressOf(url),
	};
}
