import type { ServerResponse } from "node:http";

import type { CutFault, SlowFault } from "./fault.ts";
import { nextTurn } from "./real-time.ts";

export const jsonType = "application/json";
export const htmlType = "text/html; charset=utf-8";

/** A request that FastAPI refuses. */
export class Refusal extends Error {
	override readonly name = "Refusal";
	readonly status: number;
	readonly detail: unknown;
	readonly headers: Readonly<Record<string, string>>;

	constructor(status: number, detail: unknown, headers: Readonly<Record<string, string>> = {}) {
		super(`The Space refuses with ${status}`);
		this.status = status;
		this.detail = detail;
		this.headers = headers;
	}
}

/** An exception of the server itself. */
export class InternalError extends Error {
	override readonly name = "InternalError";
	/** Whether its answer shows a traceback. */
	readonly traceback: boolean;

	constructor(traceback: boolean) {
		super("The Space has an exception");
		this.traceback = traceback;
	}
}

/** Writes a body as it comes, or in small pieces, and ends it in any of the ways in which a body can end. */
export class BodyWriter {
	readonly #response: ServerResponse;
	readonly #slow: SlowFault | undefined;
	/** What still has to go out in small pieces. */
	#rest = Promise.resolve();

	constructor(response: ServerResponse, slow: SlowFault | undefined) {
		this.#response = response;
		this.#slow = slow;
	}

	/** Whether more can be written without filling memory. */
	get isFree(): boolean {
		return !this.#response.writableNeedDrain;
	}

	write(bytes: string | Uint8Array): void {
		if (this.#slow === undefined) {
			if (!this.#response.destroyed) this.#response.write(bytes);
			return;
		}
		const { bytes: size = 1 } = this.#slow;
		const all = Buffer.from(bytes);
		this.#rest = this.#rest.then(async () => {
			for (let at = 0; at < all.length && !this.#response.destroyed; at += size) {
				this.#response.write(all.subarray(at, at + size));
				await nextTurn();
			}
		});
	}

	end(): void {
		void this.#rest.then(() => this.#response.end());
	}

	/** Ends the connection once all that was written is out. */
	cut(how: CutFault["how"]): void {
		void this.#rest.then(() => {
			if (this.#response.destroyed) return;
			// An empty write: its callback says that those before it are out.
			this.#response.write("", () => cutResponse(this.#response, how));
		});
	}
}

/** Ends the connection of an answer that may not have begun. */
export function cutResponse(response: ServerResponse, how: CutFault["how"] = "reset"): void {
	if (how === "end" && response.headersSent) response.end();
	else if (how === "reset") response.socket?.resetAndDestroy();
	else response.socket?.end();
}

/** Sends a whole body. */
export function send(
	response: ServerResponse,
	status: number,
	type: string,
	body: string,
	headers: Readonly<Record<string, string>> = {},
): void {
	response.writeHead(status, { server: "uvicorn", "content-type": type, "content-length": Buffer.byteLength(body), ...headers }).end(body);
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
	send(response, status, jsonType, JSON.stringify(value), headers);
}

/** What comes of an exception in the server itself. uvicorn closes the connection after it, without saying so before. */
export function sendInternalError(response: ServerResponse, traceback: boolean): void {
	const text = traceback
		? 'Traceback (most recent call last):\n  File "gradio/routes.py", line 1, in predict\n    raise InvalidApiNameError(api_name)\ngradio.exceptions.InvalidApiNameError\n'
		: "Internal Server Error";
	response.once("finish", () => response.socket?.end());
	send(response, 500, "text/plain; charset=utf-8", text);
}
