import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";
import type { EmulatedFunction } from "./emulated-function.ts";
import type { CutFault, FaultPlan } from "./fault.ts";
import { Job } from "./job.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Ledger } from "./ledger.ts";
import { MessageStream, type Pipe } from "./message-stream.ts";
import type { QueueMessages } from "./queue-messages.ts";
import { toInteger } from "./read-request.ts";

/** What the queue of 3.50 needs. */
export interface WebSocketSetting {
	readonly functions: readonly (readonly [name: string, definition: EmulatedFunction])[];
	readonly queue: JobQueue;
	readonly messages: QueueMessages;
	readonly ledger: Ledger;
	readonly faults: FaultPlan;
	/** The jobs by session and index of the function, for `/reset`. */
	readonly jobs: Map<string, Job>;
}

class SocketPipe implements Pipe {
	readonly #webSocket: WebSocket;
	readonly #socket: Socket;
	readonly isFree = true;

	constructor(webSocket: WebSocket, socket: Socket) {
		this.#webSocket = webSocket;
		this.#socket = socket;
	}

	write(bytes: string | Uint8Array): void {
		if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.send(bytes);
	}

	end(): void {
		this.#webSocket.close(1000);
	}

	cut(how: CutFault["how"]): void {
		if (how === "end") this.end();
		else this.#socket.write("", () => (how === "reset" ? this.#socket.resetAndDestroy() : this.#socket.destroy()));
	}
}

/** Serves `/queue/join` over WebSockets, one job each. */
export class WebSocketQueue {
	readonly #setting: WebSocketSetting;
	readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false });

	constructor(setting: WebSocketSetting) {
		this.#setting = setting;
	}

	/** Answers the handshake, and serves the job. */
	accept(request: IncomingMessage, socket: Socket, head: Buffer, user: string | undefined): void {
		this.#server.handleUpgrade(request, socket, head, (webSocket) => {
			const { ledger } = this.#setting;
			ledger.count("openSockets", 1);
			webSocket.on("error", () => undefined);
			webSocket.once("close", () => ledger.count("openSockets", -1));
			this.#serve(webSocket, socket, user);
		});
	}

	#serve(webSocket: WebSocket, socket: Socket, user: string | undefined): void {
		const { functions, queue, messages, ledger, faults, jobs } = this.#setting;
		const stream = new MessageStream(new SocketPipe(webSocket, socket), faults, (message) => messages.toJson(message));
		stream.send({ msg: "send_hash" });
		let job: Job | undefined;
		webSocket.on("message", (bytes) => {
			const fields = parseObject(String(bytes));
			if (job !== undefined) {
				if (Array.isArray(fields?.data)) job.provide(fields.data);
				else if (job.inputs === undefined) webSocket.terminate();
				return;
			}
			const index = toInteger(fields?.fn_index);
			// A negative index counts from the end, as lists of Python do.
			const found = index === undefined ? undefined : functions.at(index);
			if (found === undefined || typeof fields?.session_hash !== "string") return webSocket.terminate();
			if (queue.isFull) return stream.finish({ msg: "queue_full" });
			const [name, definition] = found;
			const key = `${fields.session_hash}_${index}`;
			const made = new Job(
				{
					name,
					definition,
					session: fields.session_hash,
					inputs: undefined,
					user,
					whole: true,
					deliver: (message) => {
						stream.send(message);
						if (message.msg === "process_completed") stream.finish();
					},
				},
				ledger,
			);
			job = made;
			jobs.set(key, made);
			webSocket.once("close", () => queue.leave(made));
			void made.over.then(() => {
				if (jobs.get(key) === made) jobs.delete(key);
			});
			queue.push(made);
		});
	}
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
