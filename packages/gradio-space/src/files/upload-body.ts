import { startTimer } from "@spaceport/http";
import type { Multipart } from "./multipart.ts";
import type { OpenSource } from "./upload-source.ts";

/** What a body is made of, and who is told. */
export interface UploadBodyOptions {
	readonly source: OpenSource;
	readonly form: Multipart;
	/** The longest time in which the connection takes nothing, in milliseconds; the last wait is that for the answer. */
	readonly idleMs: number;
	/** Told how many bytes of the file the connection has taken. What it throws ends the upload. */
	readonly onSent: (bytes: number) => void;
	readonly onSilent: () => void;
	/** Told why the source, or `onSent`, failed. */
	readonly onFailure: (cause: unknown) => void;
	/** Ends the reading of the source. */
	readonly signal: AbortSignal;
}

/** The body of an upload. */
export interface UploadBody {
	/** Makes the stream that is sent: nothing of it is held but the piece that is under way. */
	create(): ReadableStream<Uint8Array>;
	/** Gives everything back: the source is not read any more. */
	end(): void;
}

/** A piece of a stream, which may be a caller's, and give anything. */
export function bytesOfChunk(chunk: unknown): Uint8Array {
	if (chunk instanceof Uint8Array) return chunk;
	throw new TypeError(`The stream gave ${typeof chunk} where bytes were expected.`);
}

/** Large enough to be quick, small enough that progress is seen. */
const pieceBytes = 64 * 1024;

/** Makes the body of an upload. */
export function createUploadBody(options: UploadBodyOptions): UploadBody {
	const { source, form, idleMs, onSent, onSilent, onFailure, signal } = options;
	let endCurrent = (): void => {};

	function create(): ReadableStream<Uint8Array> {
		endCurrent();
		let clear = startTimer(onSilent, idleMs);
		let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
		let ended = false;
		let bytes = 0;
		const end = (): void => {
			if (ended) return;
			ended = true;
			clear();
			signal.removeEventListener("abort", end);
			reader?.cancel(signal.reason).catch(() => {});
		};
		endCurrent = end;
		signal.addEventListener("abort", end, { once: true });
		const pieces = readPieces();

		/** The file's bytes, in pieces of no more than that. */
		async function* readPieces(): AsyncGenerator<Uint8Array, void, void> {
			reader = source.stream().getReader();
			for (let next = await reader.read(); !next.done; next = await reader.read()) {
				const chunk = bytesOfChunk(next.value);
				for (let at = 0; at < chunk.byteLength; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
			}
		}

		let begun = false;
		return new ReadableStream<Uint8Array>(
			{
				// Called each time that the connection has room: what was given before is on its way then.
				async pull(controller) {
					// The time that the source takes is not the server's.
					clear();
					try {
						if (!begun) {
							begun = true;
							controller.enqueue(form.head);
						} else {
							if (bytes > 0) onSent(bytes);
							const { done, value } = await pieces.next();
							if (ended) return;
							if (done) {
								controller.enqueue(form.tail);
								controller.close();
								reader = undefined;
							} else {
								bytes += value.byteLength;
								controller.enqueue(value);
							}
						}
						clear = startTimer(onSilent, idleMs);
					} catch (cause) {
						onFailure(cause);
						controller.error(cause);
					}
				},
				cancel: end,
			},
			{ highWaterMark: 0 },
		);
	}

	return { create, end: () => endCurrent() };
}
