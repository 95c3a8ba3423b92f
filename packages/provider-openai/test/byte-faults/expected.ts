import type { ByteFaultName } from "./faults.ts";

/** Faults that are to be met alike. */
export interface ExpectedGroup {
	readonly title: string;
	readonly faults: readonly ByteFaultName[];
	/** The endpoint is asked by itself, once. */
	readonly alone: string;
	/** A, B and C are a chain, and A does this; B is well. */
	readonly first: string;
	/** A breaks off in the midst of its answer, B does this; C is well. */
	readonly middle: string;
	/** A and B refuse their keys, and C does this. */
	readonly last: string;
}

type Row = Omit<ExpectedGroup, "title" | "faults">;

/** What may pass by itself: the same endpoint is asked again, once while another one stands ready. */
const passing = (code: string): Row => ({
	alone: `ends in ${code}`,
	first: "A again, B answers",
	middle: "B, C goes on",
	last: `C again, C again, ends in chain-exhausted (${code})`,
});
/** What it failed to make: it is asked for once more. */
const onceMore = (code: string): Row => ({ ...passing(code), last: `C again, ends in chain-exhausted (${code})` });
/** What would happen again: the next one is asked at once. */
const goneOn = (code: string): Row => ({
	alone: `ends in ${code}`,
	first: "B answers",
	middle: "B, C goes on",
	last: `ends in chain-exhausted (${code})`,
});
/** What concerns the request: nobody else is asked, unless a part of the answer is there already. */
const final = (code: string): Row => ({
	alone: `ends in ${code}`,
	first: `ends in ${code}`,
	middle: "B, C goes on",
	last: `ends in ${code}`,
});
/** An answer that breaks off: the next one goes on with it. Where nobody is left, the same one is asked to, if that may help. */
const broken = (why: string, again: string): Row => ({
	alone: `ends in stream-interrupted${why}, text kept`,
	first: "B goes on",
	middle: "B, C goes on",
	last: `${again}ends in stream-interrupted${why}, text kept`,
});

const answers: Row = { alone: "answers", first: "answers", middle: "B goes on", last: "answers" };
const withWarning: Row = {
	alone: "answers, with a warning",
	first: "answers, with a warning",
	middle: "B goes on, with a warning",
	last: "answers, with a warning",
};

/** Written from what a user would want of such an endpoint, and never from what the code does. */
export const expected: readonly ExpectedGroup[] = [
	{
		title: "The answer is whole, in whatever form it comes and however it ends",
		faults: [
			"as it should be",
			"each event in a piece of its own",
			"each byte in a piece of its own",
			"a piece that ends in the midst of a character",
			"lines that end in CRLF",
			"lines that end in CRLF, each byte in a piece of its own",
			"lines that end in CR",
			"lines that end now so, now so",
			"a mark of its encoding at its start",
			"no space after the colon",
			"names of events, ids, retry",
			"names of events that nobody knows",
			"fields that nobody knows",
			"comments between",
			"hundreds of pings before the first word",
			"an event in several lines",
			"events without data, and empty ones",
			"frames that say nothing",
			"frames of other kinds between",
			"an event of a megabyte",
			"an event of a megabyte, in small pieces",
			"no blank line after the last event",
			"no line end after the last event",
			"a finish reason, and no [DONE]",
			"[DONE], and no finish reason",
			"two times [DONE]",
			"another answer after [DONE]",
			"garbage after [DONE]",
			"a break after [DONE]",
			"a break after the finish reason",
			"silence after [DONE]",
			"silence after the finish reason",
			"chunks",
			"chunks that begin anywhere, with extensions and trailers",
			"chunks, broken off after [DONE]",
			"a length",
			"a length that is more than it has, after [DONE]",
			"a connection that is kept open",
			"gzip",
			"another status of success",
			"HTTP/1.0",
			"103 Early Hints before",
			"text/plain",
			"application/json, and a stream all the same",
			"no content type",
			"a whole answer as JSON",
			"a whole answer as JSON, each byte in a piece of its own",
			"a whole answer as JSON in many lines",
			"a whole answer as JSON, called a stream",
			"a whole answer as JSON, after empty lines",
			"a whole answer as JSON in gzip",
			"a whole answer as one event",
			"307 to another path",
			"308 to another path",
		],
		...answers,
	},
	{
		title: "Something in it cannot be read: it is skipped, and the caller is told",
		faults: ["a frame that is a number", "a malformed event between", "an event of words between"],
		...withWarning,
	},
	{
		title: "It breaks off after some of the text",
		faults: [
			"an end without a finish reason",
			"a break",
			"an end in the midst of an event",
			"a break in the midst of an event",
			"an end in the midst of a character",
			"an end right after `data`",
			"an end after a comment",
			"only malformed events after some",
			"chunks, and no last one",
			"chunks, and a break",
			"a chunk whose size is no number",
			"a chunk that is shorter than it says",
			"a length that is less than it has",
			"a length that is more than it has",
			"gzip that breaks off",
			"gzip that is spoiled",
			"a finish reason that says it failed",
		],
		...broken("", "C again, "),
	},
	{
		title: "The endpoint says in the midst of it that it failed",
		faults: ["an error in the stream", "an error in the stream, by the event's name"],
		...broken(" (generation)", "C again, "),
	},
	{
		title: "More comes than anybody should have to keep",
		faults: ["an event of 60 megabytes", "a line that never ends"],
		...broken(" (protocol)", ""),
	},
	{
		title: "It falls silent after some of the text",
		faults: ["silence in the midst of the answer", "silence in the midst of an event"],
		...broken(" (timeout)", ""),
	},
	{
		title: "No answer",
		faults: [
			"an end before anything",
			"a break before anything",
			"an end in the midst of the head",
			"a break in the midst of the head",
			"something that is not HTTP",
			"a head that is not HTTP",
			"two lengths that differ",
			"a head of 200 kilobytes",
			"nobody listens",
		],
		...passing("network"),
	},
	{
		title: "The answer breaks off before its first word",
		faults: [
			"an empty body",
			"204 No Content",
			"an end right after the head",
			"a break right after the head",
			"an end after pings",
			"an end in the midst of the first event",
			"a break in the midst of the first event",
			"an end before the first word",
			"malformed events alone",
			"a first chunk whose size is no number",
			"a body that says gzip and is none",
			"a length, and nothing",
			"a JSON answer that is cut",
			"JSON that is cut, without a length",
		],
		...onceMore("stream-interrupted"),
	},
	{
		title: "The answer is whole, and there is nothing in it",
		faults: ["[DONE] alone", "a finish reason alone", "an answer of white space", "a JSON answer with no text"],
		...onceMore("generation"),
	},
	{
		title: "It is something else than an answer",
		faults: [
			"a web page",
			"a web page, called a stream",
			"a web page that never ends",
			"words",
			"JSON that is no answer",
			"JSON that is a list",

			"bytes of anything",
			"a redirect to another origin",
			"a redirect that makes a GET of it",
			"a redirect to itself",
			"a redirect to nowhere",
			"a redirect to what is no address",
			"304 Not Modified",
		],
		...goneOn("protocol"),
	},
	{
		title: "An error, though the status is that of success: it counts as what it says",
		faults: ["an error as JSON: 429", "an error as an event: rate_limit_exceeded"],
		...passing("rate-limited"),
	},
	{
		title: "The same for a quota",
		faults: ["an error as an event: insufficient_quota", "status 402", "status 429, for its quota is used up"],
		...passing("quota-exceeded"),
	},
	{
		title: "The endpoint has too much to do",
		faults: ["an error as an event: overloaded_error", "status 529"],
		...passing("queue-full"),
	},
	{
		title: "What stands before it cannot reach it",
		faults: ["an error as an event: 503", "status 503", "status 403, with a web page"],
		...passing("network"),
	},
	{
		title: "It takes no more for now",
		faults: ["status 429"],
		...passing("rate-limited"),
	},
	{
		title: "It takes no more for longer than the chain waits",
		faults: ["status 429, for 30 s"],
		...goneOn("rate-limited"),
	},
	{
		title: "It failed",
		faults: [
			"a failure of the server as the first event",
			"a failure of the server, by the event's name",
			"a failure of the server as JSON",
			"status 500",
		],
		...onceMore("generation"),
	},
	{
		title: "The key is refused",
		faults: ["an error as an event: invalid_api_key", "status 401", "status 403"],
		...goneOn("authentication"),
	},
	{
		title: "The conversation is too long for it",
		faults: ["an error as JSON: context_length_exceeded", "status 413"],
		...goneOn("context-length"),
	},
	{
		title: "It does not take what was asked in this way",
		faults: ["status 400"],
		...goneOn("unsupported"),
	},
	{
		title: "There is nothing of the kind at its address",
		faults: ["status 404"],
		...goneOn("protocol"),
	},
	{
		title: "The model is gone",
		faults: ["status 404, for its model is gone"],
		...goneOn("no-such-model"),
	},
	{
		title: "What was asked, or what was answered, is withheld",
		faults: ["withheld: the finish reason, and no word", "withheld: an error in the stream", "withheld: a status"],
		...final("content-filtered"),
	},
	{
		title: "It gives no sign of life, neither there nor at its list of models",
		faults: ["silence before the head", "silence in the midst of the head"],
		...passing("timeout"),
	},
	{
		title: "It falls silent before its first word",
		faults: [
			"silence before the head, and it has a list of models",
			"silence after the head",
			"silence after the first event",
			"silence in the midst of the first event",
			"pings alone",
			"silence in the midst of a JSON answer",
		],
		...goneOn("timeout"),
	},
];
