import { raceSignal } from "./race.ts";
import { type BoundedText, type ReadBounds, readBounded } from "./read-bounded.ts";
import { type SendOptions, send } from "./send.ts";
import { startTimer } from "./timer.ts";

/** A response whose headers have come. */
export interface HttpResponse {
	readonly response: Response;
	/** Ends it, at whatever point it is: the connection is closed. */
	close(): void;
	/**
	 * Its body as text; it is closed afterwards.
	 *
	 * @param bounds - by default what is enough for an error: 64 KiB, within `connectMs` and 15 s
	 * @param signal - ends the reading
	 */
	text(bounds?: Partial<ReadBounds>, signal?: AbortSignal): Promise<BoundedText>;
}

/** Why there is no response. */
export type NoResponse<Phase> =
	| { readonly kind: "aborted"; readonly reason: unknown }
	/** No headers in time. */
	| { readonly kind: "late"; readonly phase: Phase; readonly afterMs: number }
	/** No connection, or it broke before an answer. */
	| { readonly kind: "no-answer"; readonly phase: Phase; readonly cause: unknown };

/** One request and its response. */
export interface ExchangeOptions<Phase> extends SendOptions {
	/** What it is for. */
	readonly phase: Phase;
	/** Until the response's headers, in milliseconds. */
	readonly connectMs: number;
	/** Gives the request up until its headers have come; from there on `close` is what ends it. */
	readonly signal?: AbortSignal | undefined;
	/** Makes the error of a fact. */
	readonly toError: (fact: NoResponse<Phase>) => Error;
}

const errorBytes = 64 * 1024;
const longestBodyMs = 15_000;

/**
 * Sends a request and waits for the headers of its response, of whatever status. Redirects are not followed, and nothing is tried again.
 *
 * @param url - where it goes
 * @param makeRequest - makes what goes there, once it is sure that it will be sent
 * @param options - how long, and what sends it
 * @throws what `toError` makes
 */
export async function exchange<Phase>(url: string, makeRequest: () => RequestInit, options: ExchangeOptions<Phase>): Promise<HttpResponse> {
	const { phase, signal, connectMs, toError } = options;
	const throwIfAborted = (): void => {
		if (signal?.aborted === true) throw toError({ kind: "aborted", reason: signal.reason });
	};
	throwIfAborted();
	const controller = new AbortController();
	let late = false;
	const clear = startTimer(() => {
		late = true;
		controller.abort();
	}, connectMs);
	const onAbort = (): void => controller.abort();
	signal?.addEventListener("abort", onAbort, { once: true });
	try {
		const pending = send(url, { ...makeRequest(), signal: controller.signal, redirect: "manual" }, options);
		const response = await raceSignal(pending, controller.signal, discard);
		return {
			response,
			close: () => {
				controller.abort();
				discard(response);
			},
			text: async (bounds, readSignal) => {
				const limits = { maxBytes: errorBytes, maxMs: Math.min(connectMs, longestBodyMs), ...bounds };
				const read = await readBounded(response, limits, readSignal);
				// After its end there is nothing to abort, which is not free.
				if (read.end !== "whole") controller.abort();
				return read;
			},
		};
	} catch (cause) {
		if (late) throw toError({ kind: "late", phase, afterMs: connectMs });
		throwIfAborted();
		throw toError({ kind: "no-answer", phase, cause });
	} finally {
		clear();
		signal?.removeEventListener("abort", onAbort);
	}
}

function discard(response: Response): void {
	// A body that is being read cannot be cancelled here; aborting the request has ended it.
	if (!response.bodyUsed && !(response.body?.locked ?? false)) response.body?.cancel().catch(() => {});
}
