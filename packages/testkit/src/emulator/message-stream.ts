import {
	type CutFault,
	type DuplicateFault,
	type FaultPlan,
	type GarbageFault,
	isStreamFault,
	type ReorderFault,
	type SilentFault,
	stopsAt,
	type UnknownMessageFault,
} from "./fault.ts";
import type { QueueMessage } from "./queue-messages.ts";

/** What carries the messages: the body of an answer, or a WebSocket. */
export interface Pipe {
	readonly isFree: boolean;
	write(bytes: string | Uint8Array): void;
	/** The proper end. */
	end(): void;
	cut(how: CutFault["how"]): void;
}

/** The messages that one client gets, and the faults that strike them. */
export class MessageStream {
	readonly #pipe: Pipe;
	readonly #encode: (message: QueueMessage) => string | undefined;
	readonly #faults: readonly (SilentFault | CutFault | GarbageFault | DuplicateFault | ReorderFault | UnknownMessageFault)[];
	readonly #counts = new Map<string, number>();
	#index = 0;
	#held: QueueMessage | undefined;
	#state: "open" | "silent" | "ended" = "open";

	/** @param encode the bytes of a message; undefined where the stream does not tell it */
	constructor(pipe: Pipe, plan: FaultPlan, encode: (message: QueueMessage) => string | undefined) {
		this.#pipe = pipe;
		this.#encode = encode;
		this.#faults = plan.takeAll(isStreamFault);
		const fault = plan.take(stopsAt("stream-open"));
		if (fault !== undefined) this.#stop(fault);
	}

	/** Whether it takes more at the moment. */
	get isFree(): boolean {
		return this.#state !== "open" || this.#pipe.isFree;
	}

	send(message: QueueMessage): void {
		if (this.#state !== "open") return;
		if (this.#faults.length === 0) this.#put(message);
		else this.#sendWithFaults(message);
	}

	/** The end, after a last message where there is one. A stream that has fallen silent stays open. */
	finish(last?: QueueMessage): void {
		if (last !== undefined) this.send(last);
		if (this.#state !== "open") return;
		if (this.#held !== undefined) this.#put(this.#held);
		this.#state = "ended";
		this.#pipe.end();
	}

	/** The end that has no end: the connection is cut after a last message. */
	breakOff(last: QueueMessage): void {
		this.send(last);
		if (this.#state === "open") this.#stop({ kind: "cut", at: "stream-open", how: "close" });
	}

	#put(message: QueueMessage): void {
		const text = this.#encode(message);
		if (text !== undefined) this.#pipe.write(text);
	}

	#sendWithFaults(message: QueueMessage): void {
		const index = this.#index++;
		let copies = 1;
		let hold = false;
		for (const fault of this.#faults) {
			if (fault.kind === "garbage" && fault.before === index) this.#pipe.write(fault.bytes);
			if (fault.kind === "unknown-message" && fault.before === index) this.#put(unknownMessage(fault, message));
			if (fault.kind === "duplicate" && fault.message === index) copies = 2;
			if (fault.kind === "reorder" && fault.message === index) hold = true;
		}
		const late = this.#held;
		this.#held = hold ? message : undefined;
		if (!hold) for (let copy = 0; copy < copies; copy++) this.#put(message);
		if (late !== undefined) this.#put(late);

		const count = (this.#counts.get(message.msg) ?? 0) + 1;
		this.#counts.set(message.msg, count);
		const struck = this.#faults.find(
			(fault) => (fault.kind === "silent" || fault.kind === "cut") && fault.at === message.msg && (fault.after ?? 1) === count,
		);
		if (struck?.kind === "silent" || struck?.kind === "cut") this.#stop(struck);
	}

	#stop(fault: SilentFault | CutFault): void {
		this.#state = fault.kind === "silent" ? "silent" : "ended";
		if (fault.kind === "cut") this.#pipe.cut(fault.how ?? "reset");
	}
}

function unknownMessage(fault: UnknownMessageFault, next: QueueMessage): QueueMessage {
	const message = fault.message ?? { msg: "weather_report", event_id: next.event_id ?? null, degrees: 21 };
	return message as QueueMessage;
}
