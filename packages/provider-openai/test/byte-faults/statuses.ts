import type { SpaceportErrorCode } from "@spaceport/core";

import type { Step } from "./byte-server.ts";
import { failure, head, html } from "./wire-bytes.ts";

/** What each status comes to, whatever the body is that comes with it. */
export const statuses: Readonly<Record<number, SpaceportErrorCode>> = {
	// The endpoint does not take what was asked in this way; another one may.
	400: "unsupported",
	401: "authentication",
	402: "quota-exceeded",
	403: "authentication",
	// The address is wrong: it would say so if it were the model.
	404: "protocol",
	405: "protocol",
	406: "protocol",
	408: "network",
	409: "network",
	410: "no-such-model",
	// Too large, which a conversation is by its length.
	413: "context-length",
	415: "protocol",
	418: "protocol",
	422: "unsupported",
	425: "network",
	429: "rate-limited",
	431: "protocol",
	499: "protocol",
	500: "generation",
	501: "unsupported",
	502: "network",
	503: "network",
	504: "network",
	507: "network",
	520: "network",
	524: "network",
	529: "queue-full",
	530: "network",
	599: "network",
};

/** Where the body says who it is from: a page is from what stands before the endpoint, and says nothing of the key. */
export const pageStatuses: Readonly<Record<number, SpaceportErrorCode>> = { ...statuses, 403: "network" };

const sized = (status: number, type: string, text: string): string =>
	head(status, { "content-type": type, "content-length": String(Buffer.byteLength(text)) });

/** What may come after the head of an answer that is none. */
export const bodies: Readonly<Record<string, (status: number) => readonly Step[]>> = {
	JSON: (status) => [sized(status, "application/json", failure()), failure(), "end"],
	"a web page": (status) => [sized(status, "text/html", html), html, "end"],
	nothing: (status) => [head(status, { "content-length": "0" }), "end"],
	words: (status) => [sized(status, "text/plain", "No."), "No.", "end"],
	"JSON that is cut": (status) => [sized(status, "application/json", failure()), failure().slice(0, 20), "reset"],
	"a megabyte": (status) => [head(status, { "content-type": "text/plain" }), { repeat: "much ado ".repeat(7000), times: 16 }, "end"],
	"a body that never ends": (status) => [
		head(status, { "content-type": "application/json" }),
		failure().slice(0, 20),
		{ repeat: "much ado ".repeat(7000), times: 10_000 },
		"end",
	],
	"gzip that is none": (status) => [head(status, { "content-type": "application/json", "content-encoding": "gzip" }), failure(), "end"],
	"an error in a stream": (status) => [head(status, { "content-type": "text/event-stream" }), `data: ${failure()}\n\n`, "end"],
};
