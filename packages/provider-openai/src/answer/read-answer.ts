import { type Chunk, isSpaceportError } from "@spaceport/core";
import { EventTooLargeError, type HttpResponse, readBody, readRest, startTimer } from "@spaceport/http";

import type { ToError } from "../errors/fact.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { readFrames, UnreadableError } from "./read-frames.ts";

/** Characters of one frame: a picture in an answer fits, a server that never ends a line does not fill the memory. */
const largestFrame = 50 * 1024 * 1024;

/** How long a stream may go on after the reason for its end, in milliseconds, for what it used to come. */
const longestEndMs = 3_000;

/** How long a connection may take to its end once all has come, so that it can be used again. */
const longestCloseMs = 250;

/** How an answer is read. */
export interface ReadAnswerOptions {
	readonly reader: AnswerReader;
	readonly toError: ToError;
	readonly signal: AbortSignal;
	/** The longest time in which nothing comes, in milliseconds. */
	readonly silentMs: number;
	/** How long it may take in all, in milliseconds. */
	readonly totalMs: number;
	/** Called whenever something has come. */
	readonly onAlive: () => void;
}

/**
 * The chunks of an answer, those of one piece of the network together.
 *
 * @param answer - its headers have come
 * @param options - what reads it, and until when
 */
export async function* readAnswer(answer: HttpResponse, options: ReadAnswerOptions): AsyncGenerator<Chunk[], void, void> {
	const { reader, toError, signal, silentMs, totalMs, onAlive } = options;
	const { response, close } = answer;
	const phase = "chat";
	let clear: () => void = () => {};
	let isOver = false;
	let isTooLong = false;
	const clearTotal = startTimer(() => {
		isTooLong = true;
		close();
	}, totalMs);
	/** What the answer says of itself, or a mistake in what reads it. */
	let failure: { readonly error: unknown } | undefined;
	let broken: unknown;

	function leave(body: ReadableStreamDefaultReader<Uint8Array>): void {
		if (!isOver) body.cancel().catch(() => {});
		else void readRest(body).then(startTimer(close, longestCloseMs));
	}

	try {
		if (response.body !== null) {
			const silent = (): Error => toError({ kind: "silent", phase, afterMs: silentMs });
			const pieces = readBody(response.body, { signal, idleMs: silentMs, silent, onAlive, leave });
			for await (const frames of readFrames(pieces, largestFrame, signal)) {
				const chunks: Chunk[] = [];
				try {
					for (const frame of frames) {
						isOver = reader.take(frame, chunks);
						if (isOver) break;
					}
				} catch (error) {
					failure = { error };
				}
				frames.length = 0;
				// What came before the failure is not lost.
				if (chunks.length > 0) yield chunks;
				if (failure !== undefined) throw failure.error;
				if (isOver) break;
				if (reader.isWhole()) {
					clear();
					clear = startTimer(close, longestEndMs);
				}
			}
		}
	} catch (error) {
		if (signal.aborted) throw toError({ kind: "aborted", reason: signal.reason });
		if (failure !== undefined) throw failure.error;
		// What becomes of the connection after that is no matter.
		if (!reader.isWhole()) {
			if (isTooLong) throw toError({ kind: "too-long", afterMs: totalMs });
			if (error instanceof UnreadableError) throw toError({ kind: "unreadable", phase, body: error.body });
			if (error instanceof EventTooLargeError) throw toError({ kind: "too-large", limit: error.limit, cause: error });
			if (isSpaceportError(error)) throw error;
		}
		broken = error;
	} finally {
		clear();
		clearTotal();
		if (!isOver) close();
	}
	const rest: Chunk[] = [];
	try {
		reader.end(rest, broken);
	} catch (error) {
		if (rest.length > 0) yield rest;
		throw error;
	}
	yield rest;
}
