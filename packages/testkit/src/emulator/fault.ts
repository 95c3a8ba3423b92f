/**
 * A request, before anything is answered. `config`: GET /config. `join`: the POST that joins the queue. `stream`: the GET of a stream (on 4.0 the one that joins).
 * `data`: the POST of the inputs (4.0). `run`, `call`, `cancel`, `reset`: the POSTs to these. `handshake`: that of a WebSocket. `info`, `app_id`: the
 * GETs of these. `login`, `upload`: the POSTs to these. `file`: the GET of a file.
 */
export type RequestPoint =
	| "config"
	| "join"
	| "stream"
	| "data"
	| "run"
	| "call"
	| "cancel"
	| "reset"
	| "handshake"
	| "info"
	| "app_id"
	| "login"
	| "upload"
	| "file";

/** An answer of which the headers and half of the body are out. `stream-open`: a stream that has headers, or a WebSocket that is open, and nothing more. */
export type BodyPoint = "config-body" | "join-body" | "run-body" | "call-body" | "info-body" | "file-body" | "stream-open";

/** A stream or a WebSocket on which the nth (`after`, 1 by default) message of that name is out. */
export type MessagePoint =
	| "send_hash"
	| "send_data"
	| "estimation"
	| "process_starts"
	| "log"
	| "progress"
	| "process_generating"
	| "process_completed";

/** All of them, as the keys of an object so that none can be missing. */
const messagePoints: Readonly<Record<MessagePoint, true>> = {
	send_hash: true,
	send_data: true,
	estimation: true,
	process_starts: true,
	log: true,
	progress: true,
	process_generating: true,
	process_completed: true,
};

/** Where a fault strikes. */
export type FaultPoint = RequestPoint | BodyPoint | MessagePoint;

interface Counted {
	/**
	 * How many requests or streams it strikes, counted from the moment when the faults are set.
	 * @default all
	 */
	readonly times?: number;
}

/** Nothing more is sent, and the connection stays open until the client leaves. */
export interface SilentFault extends Counted {
	readonly kind: "silent";
	readonly at: FaultPoint;
	/** With the name of a message: after how many of them. @default 1 */
	readonly after?: number;
}

/** The connection ends. */
export interface CutFault extends Counted {
	readonly kind: "cut";
	readonly at: FaultPoint;
	/** With the name of a message: after how many of them. @default 1 */
	readonly after?: number;
	/**
	 * `reset`: TCP's RST. `close`: TCP's FIN in the middle of the answer. `end`: a proper end of the HTTP answer or the WebSocket (code 1000), too early. Before an
	 * answer has begun there is no proper end: then `end` is `close`.
	 * @default "reset"
	 */
	readonly how?: "reset" | "close" | "end";
}

/** Another status than the Space would answer with. */
export interface StatusFault extends Counted {
	readonly kind: "status";
	readonly at: RequestPoint;
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** An object goes out as JSON. @default "" */
	readonly body?: string | object;
}

/** A redirect. */
export interface RedirectFault extends Counted {
	readonly kind: "redirect";
	readonly at: RequestPoint;
	readonly location: string;
	/** @default 307 */
	readonly status?: 301 | 302 | 303 | 307 | 308;
}

/** A web page where JSON or a stream belongs. */
export interface HtmlPageFault extends Counted {
	readonly kind: "html-page";
	readonly at: RequestPoint;
	/** @default a page that says that something went wrong */
	readonly html?: string;
	/** @default 200 */
	readonly status?: number;
}

/** Bytes of your own in a stream, or a frame of your own on a WebSocket. */
export interface GarbageFault extends Counted {
	readonly kind: "garbage";
	/** Before which message of the stream, counted from 0. */
	readonly before: number;
	readonly bytes: string | Uint8Array;
}

/** A message of the stream comes twice. */
export interface DuplicateFault extends Counted {
	readonly kind: "duplicate";
	/** Which one, counted from 0. */
	readonly message: number;
}

/** A message of the stream comes after the one that follows it. */
export interface ReorderFault extends Counted {
	readonly kind: "reorder";
	/** Which one, counted from 0. */
	readonly message: number;
}

/** A message that the Space does not send: of a later Gradio, or about somebody else's job. */
export interface UnknownMessageFault extends Counted {
	readonly kind: "unknown-message";
	/** Before which message of the stream, counted from 0. */
	readonly before: number;
	/** @default one whose name no Gradio knows */
	readonly message?: object;
}

/** A body that comes in small pieces. */
export interface SlowFault extends Counted {
	readonly kind: "slow";
	readonly at: "config" | "join" | "stream" | "run" | "call" | "info" | "file";
	/** Bytes at a time, with a turn of the event loop between them. @default 1 */
	readonly bytes?: number;
}

/** What goes wrong, and where. */
export type Fault =
	| SilentFault
	| CutFault
	| StatusFault
	| RedirectFault
	| HtmlPageFault
	| GarbageFault
	| DuplicateFault
	| ReorderFault
	| UnknownMessageFault
	| SlowFault;

/** The faults of one emulator, each with what is left of it. */
export class FaultPlan {
	#faults: { readonly fault: Fault; left: number }[] = [];

	set(faults: readonly Fault[]): void {
		this.#faults = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
	}

	/** The first fault that fits and is not used up; it is used once by this. */
	take<T extends Fault>(fits: (fault: Fault) => fault is T): T | undefined {
		for (const fault of this.#using(fits)) return fault;
		return undefined;
	}

	/** All faults that fit and are not used up; each is used once by this. */
	takeAll<T extends Fault>(fits: (fault: Fault) => fault is T): T[] {
		return [...this.#using(fits)];
	}

	*#using<T extends Fault>(fits: (fault: Fault) => fault is T): Generator<T, void, void> {
		for (const entry of this.#faults) {
			if (entry.left <= 0 || !fits(entry.fault)) continue;
			entry.left--;
			yield entry.fault;
		}
	}
}

/** Whether a fault ends or silences what is at a point. */
export function stopsAt(point: FaultPoint): (fault: Fault) => fault is SilentFault | CutFault {
	return (fault): fault is SilentFault | CutFault => (fault.kind === "silent" || fault.kind === "cut") && fault.at === point;
}

/** Whether a fault slows what is sent at a point. */
export function isSlowAt(point: SlowFault["at"]): (fault: Fault) => fault is SlowFault {
	return (fault): fault is SlowFault => fault.kind === "slow" && fault.at === point;
}

/** Whether a fault belongs to the messages of a stream. */
export function isStreamFault(
	fault: Fault,
): fault is SilentFault | CutFault | GarbageFault | DuplicateFault | ReorderFault | UnknownMessageFault {
	switch (fault.kind) {
		case "silent":
		case "cut":
			return Object.hasOwn(messagePoints, fault.at);
		case "garbage":
		case "duplicate":
		case "reorder":
		case "unknown-message":
			return true;
		default:
			return false;
	}
}
