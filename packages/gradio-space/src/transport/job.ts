import type { Logger } from "@spaceport/core";
import { type Batches, wellFormedJson } from "@spaceport/http";

import type { QueueMessage } from "../decode/queue-message.ts";
import type { BoundEndpoint } from "../handshake/bind-by-name.ts";
import type { RestOfStream } from "../session/rest-of-stream.ts";
import type { ToError } from "../space-failure.ts";
import type { Http } from "./http.ts";
import type { SocketsOptions } from "./open-socket.ts";

/** What a job is made of. */
export interface JobOptions {
	readonly http: Http;
	/** What WebSockets are opened with, where there are some. */
	readonly sockets: SocketsOptions;
	readonly toError: ToError;
	readonly logger: Logger;
	/** What is called, and how. */
	readonly endpoint: BoundEndpoint;
	readonly data: readonly unknown[];
	readonly sessionHash: string;
	/** Reads the stream, where the session is used again. */
	readonly rest?: RestOfStream | undefined;
	/** Until the headers of each response, in milliseconds. */
	readonly connectMs: number;
	/** The longest time in which nothing comes, in milliseconds. */
	readonly idleMs: number;
	/** Called whenever something comes from the server. */
	readonly onAlive?: (() => void) | undefined;
	/** Aborts, with a typed error, when the caller leaves or its time is over. */
	readonly signal: AbortSignal;
	/** Told of an event that is no message; the job goes on. */
	readonly onUnreadable: (text: string) => void;
}

/** One call of a function, over whichever protocol. It begins when it is made. */
export interface Job {
	/**
	 * The messages about this job alone, in order, each as soon as it is there, with those that came with it. It ends where the server ends the stream; it throws typed errors, the signal's
	 * reason among them, and untyped ones where the connection breaks. Read it once.
	 */
	messages(): Batches<QueueMessage>;
	/** Gives everything back, once the job is over on the server. */
	close(): void;
	/** Ends the job on the server, in the background and in the way that its version understands, and gives everything back. After `close` it does nothing. */
	release(): void;
}

/** What joins a queue or calls a function. */
export function callBody({ data, endpoint, sessionHash }: Pick<JobOptions, "data" | "endpoint" | "sessionHash">): object {
	return { data, event_data: null, fn_index: endpoint.fnIndex, trigger_id: endpoint.triggerId, session_hash: sessionHash };
}

/**
 * A body as JSON whose strings are well-formed: half of a surrogate pair makes Gradio fail without a word.
 *
 * @param body - the caller's inputs are in it
 * @param toError - makes the error of inputs that JSON cannot write
 */
export function toJson(body: object, toError: JobOptions["toError"]): string {
	try {
		return wellFormedJson(body);
	} catch (cause) {
		throw toError({ kind: "not-json", cause });
	}
}
