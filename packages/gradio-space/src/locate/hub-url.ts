import { type AddressWords, addressOf, badAddress, readAddress } from "./read-address.ts";

/** The hub that Spaces are looked up at, unless another one is given. */
export const defaultHubUrl = "https://huggingface.co";

const words: AddressWords = {
	path: "hubUrl",
	what: "address of a hub",
	other: "it is no URL",
	secretsGo: "token",
	hint: `Leave it out for ${defaultHubUrl}.`,
};

/**
 * The address of a hub, without a slash at its end.
 *
 * @param hubUrl - an http(s) URL
 * @throws InvalidRequestError where it is none, or has a password, a query or a fragment
 */
export function readHubUrl(hubUrl: string): string {
	if (typeof hubUrl !== "string") throw badAddress(hubUrl, words.other, words);
	const url = readAddress(hubUrl, words);
	if (url.search !== "" || url.hash !== "") throw badAddress(hubUrl, "it has a query or a fragment", words);
	return addressOf(url);
}
