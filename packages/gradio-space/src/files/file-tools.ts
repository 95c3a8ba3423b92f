import type { Login } from "../login/login.ts";
import type { ToError } from "../space-failure.ts";
import type { Http } from "../transport/http.ts";
import type { FilePlace } from "./read-files.ts";

/** What sending and fetching files of one Space needs. */
export interface FileTools {
	/** Sends requests to the Space. */
	readonly http: Http;
	/** Sends requests to another host: without token, cookies and headers of the Space. */
	readonly elsewhere: (origin: string) => Http;
	readonly login: Login | undefined;
	/** Where the Space is, as far as it is known. */
	readonly place: () => FilePlace;
	/** Reads the Space's config, where it was not read yet. */
	readonly reach: (signal: AbortSignal) => Promise<{ readonly apiPrefix: string }>;
	/** Hosts that an upload may fetch from. */
	readonly fetchHosts: readonly string[];
	readonly limits: { readonly connectMs: number; readonly idleMs: number; readonly totalMs: number };
	readonly toError: ToError;
}

/** How far a file has come. */
export interface UploadProgress {
	/** Bytes of the file that were sent. */
	readonly sentBytes: number;
	/** Bytes of the whole file, where it is known. */
	readonly totalBytes?: number;
}

/** How far a file has come. */
export interface DownloadProgress {
	/** Bytes that came. */
	readonly receivedBytes: number;
	/** Bytes of the whole file, where it is known. */
	readonly totalBytes?: number;
}
