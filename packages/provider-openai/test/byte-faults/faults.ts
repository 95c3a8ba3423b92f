import type { Step } from "./byte-server.ts";
import * as wire from "./wire-bytes.ts";
import { begun, done, event, failure, finish, head, html, json, pieces, role, said, says, streamHead, usage, whole } from "./wire-bytes.ts";

/** Addresses that a script may send its caller to. */
export interface Places {
	/** The same path, of the same origin, with whole answers. */
	readonly samePlace: string;
	/** The same path, of another origin, with whole answers. */
	readonly elsewhere: string;
	/** The very address that was asked. */
	readonly self: string;
}

/** What an endpoint does in place of answering. */
export interface ByteFault {
	readonly script: readonly Step[] | ((places: Places) => readonly Step[]);
	/** Deadlines are short, for it says nothing at some place. */
	readonly silent?: true;
	/** What it does where it is asked for its models. @default the same */
	readonly models?: readonly Step[];
	/** Nobody listens at its address. */
	readonly nobody?: true;
}

const of = (...script: readonly Step[]): ByteFault => ({ script });
const silent = (...script: readonly Step[]): ByteFault => ({ script: [...script, "silence"], silent: true });
/** A stream of these events, which ends as a whole one does. */
const stream = (...steps: readonly Step[]): ByteFault => of(streamHead(), ...steps, "end");
/** A body of any other kind. */
const body = (type: string, ...steps: readonly Step[]): ByteFault => of(head(200, { "content-type": type }), ...steps, "end");
const sized = (headers: Readonly<Record<string, string>>, text: string, bytes: number): string =>
	head(200, { ...headers, "content-length": String(new TextEncoder().encode(text).length + bytes) });

const eventStream = { "content-type": "text/event-stream" };
const inChunks = { ...eventStream, "transfer-encoding": "chunked" };
const ping = ": still at work\n\n";
const megabyte = "0123456789abcdef".repeat(65_536);
const redirect = (status: number, location: string): Step => head(status, { location, "content-length": "0" });

const wholeStreams = {
	"as it should be": stream(whole),
	"each event in a piece of its own": stream(role, ...pieces.map(says), finish(), usage, done),
	"each byte in a piece of its own": stream(...wire.byteByByte(whole)),
	"a piece that ends in the midst of a character": stream(...wire.cutIn(whole, "🌈")),
	"lines that end in CRLF": stream(whole.replaceAll("\n", "\r\n")),
	"lines that end in CRLF, each byte in a piece of its own": stream(...wire.byteByByte(whole.replaceAll("\n", "\r\n"))),
	"lines that end in CR": stream(whole.replaceAll("\n", "\r")),
	"lines that end now so, now so": stream(
		begun.replaceAll("\n", "\r\n"),
		says(pieces[2]).replaceAll("\n", "\r"),
		says(pieces[3]),
		finish(),
		done,
	),
	"a mark of its encoding at its start": stream(`\u{feff}${whole}`),
	"no space after the colon": stream(whole.replaceAll("data: ", "data:")),
	"names of events, ids, retry": stream(`retry: 10\n\n${whole.replaceAll("data: ", "event: message\nid: 7\ndata: ")}`),
	"names of events that nobody knows": stream(whole.replaceAll("data: ", "event: completion.chunk\ndata: ")),
	"fields that nobody knows": stream(whole.replaceAll("data: ", "nothing: x\nnothing\ndata: ")),
	"comments between": stream(`: first\n\n${whole.replaceAll("data: ", ": OPENROUTER PROCESSING\n\ndata: ")}`),
	"hundreds of pings before the first word": stream({ repeat: ping, times: 300 }, whole),
	"an event in several lines": stream(whole.replaceAll('","choices"', '",\ndata: "choices"')),
	"events without data, and empty ones": stream(begun, "event: ping\n\n", "data:\n\n", "data\n\n", "\n\n\n", whole.slice(begun.length)),
	"frames that say nothing": stream(
		begun,
		...["null", "[]", "{}", '{"choices":[]}', '{"choices":null}', '{"choices":[{}]}', '{"choices":[null]}'].map(event),
		whole.slice(begun.length),
	),
	"frames of other kinds between": stream(begun, event('{"object":"progress","percent":5}'), whole.slice(begun.length)),
	"an event of a megabyte": stream(event(JSON.stringify({ choices: [], padding: megabyte })), whole),
	"an event of a megabyte, in small pieces": stream(
		'data: {"choices":[],"padding":"',
		{ repeat: megabyte.slice(0, 16_384), times: 64 },
		'"}\n\n',
		whole,
	),
	"no blank line after the last event": stream(whole.trimEnd()),
	"no line end after the last event": stream(`${said}${finish()}`.trimEnd()),
	"a finish reason, and no [DONE]": stream(said, finish()),
	"[DONE], and no finish reason": stream(said, done),
	"two times [DONE]": stream(whole, done),
	"another answer after [DONE]": stream(whole, says("Something else."), finish(), done),
	"garbage after [DONE]": stream(whole, "\u0000\u0001<html>{]", "\n\n", "data: {{{\n\n"),
	"a break after [DONE]": of(streamHead(), whole, "reset"),
	"a break after the finish reason": of(streamHead(), said, finish(), "reset"),
	"silence after [DONE]": of(streamHead(), whole, "silence"),
	"silence after the finish reason": of(streamHead(), said, finish(), "silence"),
	chunks: of(head(200, inChunks), wire.chunked(role, ...pieces.map(says), finish(), usage, done), "0\r\n\r\n", "end"),
	"chunks that begin anywhere, with extensions and trailers": of(
		head(200, { ...inChunks, trailer: "x-done" }),
		...[...whole].map((letter) => wire.chunked(letter).replace("\r\n", ";name=value\r\n")),
		"0\r\nx-done: yes\r\n\r\n",
		"end",
	),
	"chunks, broken off after [DONE]": of(head(200, inChunks), wire.chunked(whole), "reset"),
	"a length": of(sized(eventStream, whole, 0), whole, "end"),
	"a length that is more than it has, after [DONE]": of(sized(eventStream, whole, 50), whole, "end"),
	"a connection that is kept open": of(head(200, { ...inChunks, connection: "keep-alive" }), wire.chunked(whole), "0\r\n\r\n", "next"),
	gzip: of(head(200, { ...eventStream, "content-encoding": "gzip" }), wire.gzip(whole), "end"),
	"another status of success": of(head(201, eventStream), whole, "end"),
	"HTTP/1.0": of(streamHead().replace("HTTP/1.1", "HTTP/1.0"), whole, "end"),
	"103 Early Hints before": of("HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n", streamHead(), whole, "end"),
	"text/plain": body("text/plain; charset=utf-8", whole),
	"application/json, and a stream all the same": body("application/json", whole),
	"no content type": of(head(200), whole, "end"),
	"a whole answer as JSON": body("application/json", json),
	"a whole answer as JSON, each byte in a piece of its own": body("application/json", ...wire.byteByByte(json)),
	"a whole answer as JSON in many lines": body("application/json", JSON.stringify(JSON.parse(json), undefined, 2).replaceAll("\n", "\r\n")),
	"a whole answer as JSON, called a stream": stream(json),
	"a whole answer as JSON, after empty lines": body("application/json", "\n\n\n", json),
	"a whole answer as JSON in gzip": of(
		head(200, { "content-type": "application/json", "content-encoding": "gzip" }),
		wire.gzip(json),
		"end",
	),
	"a whole answer as one event": stream(event(json), done),
	"307 to another path": { script: ({ samePlace }) => [redirect(307, samePlace), "end"] },
	"308 to another path": { script: ({ samePlace }) => [redirect(308, new URL(samePlace).pathname), "end"] },
} satisfies Readonly<Record<string, ByteFault>>;

const wholeWithWarning = {
	"a frame that is a number": stream(begun, event("5"), whole.slice(begun.length)),
	"a malformed event between": stream(begun, 'data: {"choices":[{"index":0,\n\n', whole.slice(begun.length)),
	"an event of words between": stream(begun, "data: please hold the line\n\n", whole.slice(begun.length)),
} satisfies Readonly<Record<string, ByteFault>>;

const breaks = {
	"an end without a finish reason": stream(begun),
	"a break": of(streamHead(), begun, "reset"),
	"an end in the midst of an event": stream(begun, says(pieces[2]).slice(0, 60)),
	"a break in the midst of an event": of(streamHead(), begun, says(pieces[2]).slice(0, 60), "reset"),
	"an end in the midst of a character": stream(begun, wire.cutIn(says(pieces[2]), "🌈")[0]),
	"an end right after `data`": stream(begun, "data"),
	"an end after a comment": stream(begun, ping),
	"only malformed events after some": stream(begun, 'data: {"choices":[{"ind\n\n', "data: }\n\n"),
	"chunks, and no last one": of(head(200, inChunks), wire.chunked(begun), "end"),
	"chunks, and a break": of(head(200, inChunks), wire.chunked(begun), "reset"),
	"a chunk whose size is no number": of(head(200, inChunks), wire.chunked(begun), "zz\r\nwhatever\r\n", "end"),
	"a chunk that is shorter than it says": of(head(200, inChunks), wire.chunked(begun), "ffff\r\ndata: ", "end"),
	"a length that is less than it has": of(
		head(200, { ...eventStream, "content-length": String(Buffer.byteLength(begun) + 30) }),
		whole,
		"end",
	),
	"a length that is more than it has": of(sized(eventStream, begun, 500), begun, "end"),
	"gzip that breaks off": of(head(200, { ...eventStream, "content-encoding": "gzip" }), gzipOf(begun), "reset"),
	"gzip that is spoiled": of(head(200, { ...eventStream, "content-encoding": "gzip" }), gzipOf(begun), "not gzip, not at all", "end"),
	"a finish reason that says it failed": stream(begun, finish("error")),
} satisfies Readonly<Record<string, ByteFault>>;

const breaksWithReason = {
	"an error in the stream": stream(begun, event(failure({ type: "server_error", code: "server_error" })), done),
	"an error in the stream, by the event's name": stream(begun, `event: error\n${event('{"message":"It did not work."}')}`, done),
} satisfies Readonly<Record<string, ByteFault>>;

const tooMuch = {
	"an event of 60 megabytes": of(
		streamHead(),
		begun,
		'data: {"choices":[],"padding":"',
		{ repeat: megabyte, times: 60 },
		'"}\n\n',
		says(pieces[2]),
		"end",
	),
	"a line that never ends": of(streamHead(), begun, "data: ", { repeat: megabyte, times: 1000 }, "end"),
} satisfies Readonly<Record<string, ByteFault>>;

const silences = {
	"silence in the midst of the answer": silent(streamHead(), begun),
	"silence in the midst of an event": silent(streamHead(), begun, says(pieces[2]).slice(0, 60)),
} satisfies Readonly<Record<string, ByteFault>>;

const noAnswers = {
	"an end before anything": of("end"),
	"a break before anything": of("reset"),
	"an end in the midst of the head": of("HTTP/1.1 200 OK\r\ncontent-ty", "end"),
	"a break in the midst of the head": of("HTTP/1.1 200 OK\r\ncontent-ty", "reset"),
	"something that is not HTTP": of("SSH-2.0-OpenSSH_9.9\r\n", "end"),
	"a head that is not HTTP": of("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", whole, "end"),
	"two lengths that differ": of(head(200, { ...eventStream, "content-length": "5\r\ncontent-length: 6" }), whole, "end"),
	"a head of 200 kilobytes": of(head(200, { ...eventStream, "x-much": megabyte.slice(0, 200_000) }), whole, "end"),
	"nobody listens": { script: [], nobody: true },
} satisfies Readonly<Record<string, ByteFault>>;

const brokenBegins = {
	"204 No Content": of(head(204), "end"),
	"an empty body": of(head(200, { "content-type": "application/json", "content-length": "0" }), "end"),
	"JSON that is cut, without a length": body("application/json", json.slice(0, -40)),
	"an end right after the head": stream(),
	"a break right after the head": of(streamHead(), "reset"),
	"an end after pings": stream(ping, ping),
	"an end in the midst of the first event": stream(role.slice(0, 40)),
	"a break in the midst of the first event": of(streamHead(), role.slice(0, 40), "reset"),
	"an end before the first word": stream(role),
	"malformed events alone": stream('data: {"choices":[{"ind\n\n', "data: }\n\n"),
	"a first chunk whose size is no number": of(head(200, inChunks), "zz\r\n", "end"),
	"a body that says gzip and is none": of(head(200, { ...eventStream, "content-encoding": "gzip" }), whole, "end"),
	"a length, and nothing": of(head(200, { ...eventStream, "content-length": "500" }), "end"),
	"a JSON answer that is cut": of(sized({ "content-type": "application/json" }, json, 0), json.slice(0, -40), "end"),
} satisfies Readonly<Record<string, ByteFault>>;

const empties = {
	"[DONE] alone": stream(done),
	"a finish reason alone": stream(role, finish(), done),
	"an answer of white space": stream(role, says(" \n"), finish(), done),
	"a JSON answer with no text": body("application/json", json.replace(JSON.stringify(wire.answer), '""')),
} satisfies Readonly<Record<string, ByteFault>>;

const otherThings = {
	"a web page": body("text/html", html),
	"a web page, called a stream": stream(html),
	"a web page that never ends": of(head(200, { "content-type": "text/html" }), html, { repeat: megabyte, times: 1000 }, "end"),
	words: body("text/plain", "It works!"),
	"JSON that is no answer": body("application/json", '{"hello":"world"}'),
	"JSON that is a list": body("application/json", "[1,2,3]"),
	"bytes of anything": body(
		"application/octet-stream",
		Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256),
	),
	"a redirect to another origin": { script: ({ elsewhere }) => [redirect(307, elsewhere), "end"] },
	"a redirect that makes a GET of it": { script: ({ samePlace }) => [redirect(302, samePlace), "end"] },
	"a redirect to itself": { script: ({ self }) => [redirect(307, self), "end"] },
	"a redirect to nowhere": of(head(307, { "content-length": "0" }), "end"),
	"a redirect to what is no address": of(redirect(308, "http://"), "end"),
	"304 Not Modified": of(head(304), "end"),
} satisfies Readonly<Record<string, ByteFault>>;

const saidErrors = {
	"an error as JSON: 429": body("application/json", failure({ code: 429 })),
	"an error as an event: rate_limit_exceeded": stream(event(failure({ code: "rate_limit_exceeded" }))),
	"an error as an event: insufficient_quota": stream(event(failure({ code: "insufficient_quota" }))),
	"an error as an event: overloaded_error": stream(event(failure({ type: "overloaded_error" }))),
	"an error as an event: 503": stream(event(failure({ code: 503 }))),
} satisfies Readonly<Record<string, ByteFault>>;

const saidFailures = {
	"a failure of the server as the first event": stream(event(failure({ code: "server_error" })), done),
	"a failure of the server, by the event's name": stream("event: error\n", event('{"message":"It did not work."}')),
	"a failure of the server as JSON": body("application/json", failure()),
} satisfies Readonly<Record<string, ByteFault>>;

const saidFinals = {
	"an error as an event: invalid_api_key": stream(event(failure({ code: "invalid_api_key" }))),
	"an error as JSON: context_length_exceeded": body("application/json", failure({ code: "context_length_exceeded" })),
} satisfies Readonly<Record<string, ByteFault>>;

const withheld = {
	"withheld: the finish reason, and no word": stream(role, finish("content_filter"), done),
	"withheld: an error in the stream": stream(event(failure({ code: "content_filter" }))),
	"withheld: a status": of(head(400, { "content-type": "application/json" }), failure({ code: "content_filter" }), "end"),
} satisfies Readonly<Record<string, ByteFault>>;

const error = (status: number, fields: object = {}, headers: Readonly<Record<string, string>> = {}): ByteFault =>
	of(head(status, { "content-type": "application/json", ...headers }), failure(fields), "end");

const statuses = {
	"status 400": error(400),
	"status 401": error(401),
	"status 402": error(402),
	"status 403": error(403),
	"status 403, with a web page": of(head(403, { "content-type": "text/html" }), html, "end"),
	"status 404": error(404),
	"status 404, for its model is gone": error(404, { code: "model_not_found" }),
	"status 413": error(413),
	"status 429": error(429),
	"status 429, for 30 s": error(429, {}, { "retry-after": "30" }),
	"status 429, for its quota is used up": error(429, { code: "insufficient_quota" }),
	"status 500": error(500),
	"status 503": error(503),
	"status 529": error(529),
} satisfies Readonly<Record<string, ByteFault>>;

const silentBeforeHead = {
	"silence before the head": silent(),
	"silence in the midst of the head": silent("HTTP/1.1 200 OK\r\ncontent-ty"),
} satisfies Readonly<Record<string, ByteFault>>;

const silentBeforeWord = {
	"silence before the head, and it has a list of models": {
		script: ["silence"],
		models: [head(200, { "content-type": "application/json" }), '{"data":[{"id":"m"}]}', "end"],
		silent: true,
	},
	"silence after the head": silent(streamHead()),
	"silence after the first event": silent(streamHead(), role),
	"silence in the midst of the first event": silent(streamHead(), role.slice(0, 40)),
	"pings alone": { script: [streamHead(), { repeat: ping, times: 10_000, everyMs: 20 }, "end"], silent: true },
	"silence in the midst of a JSON answer": silent(head(200, { "content-type": "application/json" }), json.slice(0, 60)),
} satisfies Readonly<Record<string, ByteFault>>;

function gzipOf(text: string): Uint8Array {
	// What is left of it without its end can be read up to there.
	return wire.gzip(text + megabyte.slice(0, 200)).slice(0, -12);
}

/** Every one, by the words that it has in the tables. */
export const faults = {
	...wholeStreams,
	...wholeWithWarning,
	...breaks,
	...breaksWithReason,
	...tooMuch,
	...silences,
	...noAnswers,
	...brokenBegins,
	...empties,
	...otherThings,
	...saidErrors,
	...saidFailures,
	...saidFinals,
	...withheld,
	...statuses,
	...silentBeforeHead,
	...silentBeforeWord,
} satisfies Readonly<Record<string, ByteFault>>;

export type ByteFaultName = keyof typeof faults;
