import type { BoundEndpoint } from "../handshake/bind-by-name.ts";
import type { Locator } from "../locate/locator.ts";
import { signFile } from "../login/sign-file.ts";
import { createSigner, type SignWait } from "../login/signer.ts";
import { explained, type ToError } from "../space-failure.ts";
import { type CreateSpaceOptions, completeCallOptions } from "../space-options.ts";
import { createHttp } from "../transport/http.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";
import { type DownloadedFile, type DownloadOptions, type DownloadSource, download } from "./download.ts";
import type { FileTools } from "./file-tools.ts";
import type { SpaceFile } from "./space-file.ts";
import { type UploadOptions, upload } from "./upload.ts";
import type { UploadSource } from "./upload-source.ts";
import { writeInputs } from "./write-inputs.ts";

/** The Space whose files these are. */
export interface FileDeskOptions extends Pick<FileTools, "http" | "login" | "place" | "reach" | "toError"> {
	readonly options: CreateSpaceOptions;
	/** The bearer token. */
	readonly token: string | undefined;
	readonly locator: Locator;
	readonly toError: ToError;
	/** Told of each signature, so that no error shows it. */
	readonly onSecret: (value: string) => void;
}

/** All that a Space object does with files, loaded with the first one. What it throws is what a caller may see. */
export interface FileDesk {
	/** The inputs with what this Gradio takes in place of the files in them. Its errors are still to be explained. */
	writeInputs(values: readonly unknown[], endpoint: BoundEndpoint, signal: AbortSignal): Promise<readonly unknown[]>;
	upload(source: UploadSource, options: UploadOptions): Promise<SpaceFile>;
	download(file: DownloadSource, options: DownloadOptions): Promise<DownloadedFile>;
	signedUrl(file: DownloadSource, signal: AbortSignal | undefined): Promise<string>;
	/** An address of the Space itself with a signature. Its errors are still to be explained. */
	sign(url: string, wait: SignWait): Promise<string>;
}

/** How long a server of files may be silent, in milliseconds. */
const fileIdleMs = 60_000;

/** Makes it. It does no I/O. */
export function createFileDesk({ options, token, locator, onSecret, ...shared }: FileDeskOptions): FileDesk {
	const { login, place, toError } = shared;
	const { fetch, fetchHosts = [] } = options;
	const { hubUrl, hubPath, id } = locator;
	const complete = completeCallOptions({}, options);
	const { connectMs, idleMs = fileIdleMs, totalMs } = complete;
	const tools: FileTools = {
		...shared,
		elsewhere: (origin) => createHttp({ baseUrl: () => origin, token: undefined, headers: {}, fetch, toError }),
		fetchHosts,
		limits: { connectMs, idleMs, totalMs },
	};
	const signer =
		token === undefined || hubPath === undefined ? undefined : createSigner({ hubUrl, hubPath, id, token, fetch, toError, onSecret });

	/** Does something within the Space's limits. */
	async function within<Result>(caller: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
		const { signal, end } = createWaitSignal({
			caller,
			forMs: totalMs,
			late: () => toError({ kind: "too-long", afterMs: totalMs }),
			toError,
		});
		try {
			signal.throwIfAborted();
			return await work(signal);
		} catch (error) {
			throw await explained(signal.aborted ? signal.reason : error);
		} finally {
			end();
		}
	}

	return {
		writeInputs: (values, endpoint, signal) => writeInputs(values, endpoint, tools, signal),
		upload: (source, uploadOptions) => within(uploadOptions.signal, (signal) => upload(source, { ...uploadOptions, signal }, tools)),
		download: (file, downloadOptions) => download(file, downloadOptions, tools),
		signedUrl: (file, caller) =>
			within(caller, async (signal) => {
				await locator.resolve({ signal, connectMs });
				return signFile(file, { place: place(), login, isPrivate: token !== undefined, signer, toError }, { signal, connectMs });
			}),
		sign: async (url, wait) => signer?.sign(url, wait) ?? url,
	};
}
