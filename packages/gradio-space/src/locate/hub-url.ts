import { InvalidRequestError, redact } from "@spaceport/core";

/** The hub that Spaces are looked up at, unless another one is given. */
export const defaultHubUrl = "https://huggingface.co";

/**
 * The address of a hub, without a slash at its end.
 *
 * @param hubUrl - an http(s) URL
 * @throws InvalidRequestError where it is none, or has a password, a query or a fragment
 */
export function readHubUrl(hubUrl: string): string {
	if (typeof hubUrl !== "string" || !URL.canParse(hubUrl)) throw badHubUrl(hubUrl, "it is no URL");
	const url = new URL(hubUrl);
	if (url.protocol !== "http:" && url.protocol !== "https:") throw badHubUrl(hubUrl, "its protocol is neither http nor https");
	if (url.username !== "" || url.password !== "") throw badHubUrl(hubUrl, "it has a password, which belongs into token");
	if (url.search !== "" || url.hash !== "") throw badHubUrl(hubUrl, "it has a query or a fragment");
	return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function badHubUrl(value: unknown, reason: string): InvalidRequestError {
	return new InvalidRequestError(`${redact(JSON.stringify(value) ?? String(value))} is no address of a hub: ${reason}.`, {
		path: "hubUrl",
		hint: `Leave it out for ${defaultHubUrl}.`,
	});
}
