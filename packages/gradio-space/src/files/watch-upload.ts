import { parseJson, pause } from "@spaceport/http";
import { openEventStream } from "../transport/event-stream.ts";
import type { FileTools } from "./file-tools.ts";

/** How often the server is asked about an upload that it does not know yet. */
const mostAsked = 20;
const askAgainMs = 100;

/**
 * Asks the server how much of an upload has arrived, where the runtime does not tell how much was sent. Gradio 4 and later say it; where this one does not, nobody is
 * told. It does not throw, and ends with the signal.
 *
 * @param apiPrefix - of this Gradio
 * @param uploadId - what the upload was called
 * @param onArrived - told how many bytes have arrived
 * @param tools - asks
 * @param signal - the upload is over
 */
export async function watchUpload(
	apiPrefix: string,
	uploadId: string,
	onArrived: (bytes: number) => void,
	{ http, toError, limits }: FileTools,
	signal: AbortSignal,
): Promise<void> {
	const path = `${apiPrefix}/upload_progress?upload_id=${uploadId}`;
	let bytes = 0;
	try {
		// Refused, or ended at once, until the upload's first bytes are there; and for ever by a Gradio that has no such thing.
		for (let asked = 0; bytes === 0 && asked < mostAsked; asked += 1) {
			if (asked > 0) await pause(askAgainMs, signal);
			const stream = await openEventStream({ http, toError, path, phase: "upload", connectMs: limits.connectMs, signal }).catch(
				() => undefined,
			);
			signal.throwIfAborted();
			try {
				for await (const batch of stream?.events(signal, limits.idleMs) ?? []) {
					for (const { data } of batch) {
						const { msg, chunk_size } = (parseJson(data) ?? {}) as { msg?: unknown; chunk_size?: unknown };
						if (msg === "done") return;
						if (msg !== "update" || typeof chunk_size !== "number") continue;
						bytes += chunk_size;
						onArrived(bytes);
					}
				}
			} finally {
				stream?.close();
			}
		}
	} catch {
		// The upload itself tells what went wrong, and its end is the end of this.
	}
}
