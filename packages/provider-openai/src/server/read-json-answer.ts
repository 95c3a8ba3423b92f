import { asFields, type HttpResponse, isHtml, parseJson } from "@spaceport/http";

import type { ToError } from "../errors/fact.ts";

/** How an answer that is one JSON value is read. */
export interface JsonAnswerOptions {
	readonly phase: string;
	/** The most bytes. */
	readonly maxBytes: number;
	/** The longest time, in milliseconds. */
	readonly maxMs: number;
	readonly signal: AbortSignal | undefined;
	readonly toError: ToError;
}

/**
 * An answer that is one JSON value, and no error.
 *
 * @param answer - its headers have come
 * @param options - how much, and until when
 * @throws the error of an answer that is something else
 */
export async function readJsonAnswer(answer: HttpResponse, options: JsonAnswerOptions): Promise<unknown> {
	const { phase, maxBytes, maxMs, signal, toError } = options;
	const { text, end, cause } = await answer.text({ maxBytes, maxMs }, signal);
	if (signal?.aborted === true) throw toError({ kind: "aborted", reason: signal.reason });
	if (end === "late") throw toError({ kind: "silent", phase, afterMs: maxMs });
	if (end === "cut") throw toError({ kind: "too-large", limit: maxBytes, cause: undefined });
	if (end !== "whole") throw toError({ kind: "no-answer", phase, cause: new Error("The answer broke off.", { cause }) });
	const value = parseJson(text);
	if (typeof value !== "object" || value === null || isHtml(text)) throw toError({ kind: "unreadable", phase, body: text });
	const fields = asFields(value);
	const isError = fields !== undefined && (Boolean(fields.error) || fields.object === "error" || fields.success === false);
	if (isError) throw toError({ kind: "said", phase, headers: answer.response.headers, said: value });
	return value;
}
