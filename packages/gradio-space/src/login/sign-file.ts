import type { DownloadSource } from "../files/download.ts";
import { addressOf, type FilePlace } from "../files/read-files.ts";
import type { ToError } from "../space-failure.ts";
import type { Login } from "./login.ts";
import type { Signer, SignWait } from "./signer.ts";

/** What an address of a file is signed with. */
export interface SignFileOptions {
	readonly place: FilePlace;
	readonly login: Login | undefined;
	/** Whether a token is needed. */
	readonly isPrivate: boolean;
	/** Undefined where the hub does not know the Space. */
	readonly signer: Signer | undefined;
	readonly toError: ToError;
}

/**
 * An address of a file that works without headers.
 *
 * @param file - the file
 * @param options - what signs
 * @param wait - signal and limit
 */
export async function signFile(file: DownloadSource, options: SignFileOptions, wait: SignWait): Promise<string> {
	const { place, login, isPrivate, signer, toError } = options;
	const given = typeof file === "string" || file instanceof URL ? { url: String(file) } : (file ?? {});
	const url = given.url === "" ? undefined : addressOf(given, place);
	if (url === undefined) {
		throw toError({ kind: "bad-file", path: "file", why: "it has no address", hint: "Give one of space.files(output)." });
	}
	// Nobody else gets a signature.
	if (!URL.canParse(url) || new URL(url).origin !== new URL(place.baseUrl).origin) return url;
	if (login?.jar !== undefined) {
		throw toError({
			kind: "cannot",
			capability: "signed-url",
			reason: "it was logged in to, and what stands for that is a cookie, which no address can hold.",
			hint: "Fetch the file with download, and give its bytes.",
		});
	}
	if (!isPrivate) return url;
	if (signer === undefined) {
		throw toError({
			kind: "cannot",
			capability: "signed-url",
			reason: "only the hub signs, and it does not know this server.",
			hint: "Give the Space as owner/name, or fetch the file with download.",
		});
	}
	return signer.sign(url, wait);
}
