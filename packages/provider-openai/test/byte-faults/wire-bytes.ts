import { gzipSync } from "node:zlib";

import type { Step } from "./byte-server.ts";

/** The answer that everybody gives, in the pieces in which it comes. */
export const pieces = ["Der Himmel ist blau: ", "“blue” light is scattered ", "more than red 🌈, ", "as Rayleigh found."] as const;
export const answer: string = pieces.join("");

type Headers = Readonly<Record<string, string>>;

/** The head of an answer, which goes on until its connection ends unless its headers say otherwise. */
export function head(status: number, headers: Headers = {}, reason = "Whatever"): string {
	const lines = Object.entries({ connection: "close", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
	return `HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n`;
}

/** The head of a stream. */
export function streamHead(headers: Headers = {}): string {
	return head(200, { "content-type": "text/event-stream", ...headers });
}

function frame(choice: object, more: object = {}): string {
	return JSON.stringify({ id: "c1", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, ...choice }], ...more });
}

/** One event. */
export const event = (data: string): string => `data: ${data}\n\n`;
export const role: string = event(frame({ delta: { role: "assistant", content: null }, finish_reason: null }));
/** A piece of the answer. */
export const says = (content: string): string => event(frame({ delta: { content }, finish_reason: null }));
/** The event that says why the answer ends. */
export const finish = (reason = "stop"): string => event(frame({ delta: {}, finish_reason: reason }));
export const usage: string = event(
	JSON.stringify({
		id: "c1",
		object: "chat.completion.chunk",
		model: "m",
		choices: [],
		usage: { prompt_tokens: 9, completion_tokens: 12 },
	}),
);
export const done: string = event("[DONE]");

/** The first pieces of the answer, as events. */
export const begun: string = role + says(pieces[0]) + says(pieces[1]);
/** All of its pieces, and not its end. */
export const said: string = role + pieces.map(says).join("");
/** A whole answer. */
export const whole: string = said + finish() + usage + done;

/** A whole answer that is not streamed. */
export const json: string = JSON.stringify({
	id: "c1",
	object: "chat.completion",
	model: "m",
	choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
	usage: { prompt_tokens: 9, completion_tokens: 12 },
});

/** What an error says, as OpenAI writes it. */
export const failure = (fields: object = {}): string => JSON.stringify({ error: { message: "It did not work.", ...fields } });

export const html = "<!DOCTYPE html>\n<html><head><title>Hello</title></head><body><h1>Welcome</h1><p>Sign in</p></body></html>\n";

/** Each byte alone. */
export const byteByByte = (text: string): readonly Step[] => [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));

/** Bytes, cut in two somewhere in the first occurrence of a character. */
export function cutIn(text: string, character: string): readonly [Uint8Array, Uint8Array] {
	const bytes = new TextEncoder().encode(text);
	const at = new TextEncoder().encode(text.slice(0, text.indexOf(character))).length + 1;
	return [bytes.slice(0, at), bytes.slice(at)];
}

/** Text in pieces of the chunked encoding; without its end. */
export function chunked(...texts: readonly string[]): string {
	return texts.map((text) => `${new TextEncoder().encode(text).length.toString(16)}\r\n${text}\r\n`).join("");
}

export const gzip = (text: string): Uint8Array => gzipSync(text);
