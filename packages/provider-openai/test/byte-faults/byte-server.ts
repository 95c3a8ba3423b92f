import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** One thing that a script does on its connection. */
export type Step =
	/** These bytes, in one piece. */
	| string
	| Uint8Array
	/** These bytes, again and again until the other side has gone or they were sent so often; as fast as they are taken, or after so many milliseconds each. */
	| { readonly repeat: string | Uint8Array; readonly times: number; readonly everyMs?: number }
	/** The connection ends as it does after a whole answer. */
	| "end"
	/** The connection breaks. */
	| "reset"
	/** Nothing more, until the other side goes. */
	| "silence"
	/** The connection is kept for another request. */
	| "next";

/** What a request got. */
export interface ByteRequest {
	/** `A` of `http://127.0.0.1:1/A/v1/chat/completions`. */
	readonly who: string;
	readonly path: string;
	readonly headers: ReadonlyMap<string, string>;
	readonly body: string;
}

/** A server that answers with bytes, whatever these are. */
export interface ByteServer extends AsyncDisposable {
	readonly origin: string;
	/** What has come so far. */
	readonly requests: readonly ByteRequest[];
	/** Gives whoever is called so the script of its answers; with `/models` behind it, that of its list of models. */
	play(who: string, script: readonly Step[]): void;
	/** How many connections are open. */
	open(): number;
	/** The most bytes that anybody took on one connection. */
	most(): number;
}

/** Starts one on loopback. */
export async function startByteServer(): Promise<ByteServer> {
	const requests: ByteRequest[] = [];
	const scripts = new Map<string, readonly Step[]>();
	const open = new Set<Socket>();
	let most = 0;
	const server: Server = createServer({ noDelay: true }, (socket) => {
		open.add(socket);
		// Who leaves in the midst of an answer is no failure of this server.
		socket.on("error", () => undefined);
		socket.on("close", () => {
			open.delete(socket);
			most = Math.max(most, socket.bytesWritten);
		});
		void serve(socket).catch(() => socket.destroy());
	});

	async function serve(socket: Socket): Promise<void> {
		const pieces = socket.iterator({ destroyOnReturn: false });
		for (let isKept = true; isKept; ) {
			const request = await readRequest(pieces);
			if (request === undefined) return;
			requests.push(request);
			const script = scripts.get(request.path.endsWith("/models") ? `${request.who}/models` : request.who) ??
				scripts.get(request.who) ?? ["reset"];
			isKept = script.at(-1) === "next";
			// What still comes is nothing but the other side's end.
			if (!isKept) socket.resume();
			for (const step of script) await take(socket, step);
		}
	}

	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("The system gave no port");
	return {
		origin: `http://127.0.0.1:${address.port}`,
		requests,
		play: (who, script) => {
			scripts.set(who, script);
		},
		open: () => open.size,
		most: () => most,
		[Symbol.asyncDispose]: async () => {
			for (const socket of open) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
}

async function readRequest(pieces: AsyncIterator<Buffer>): Promise<ByteRequest | undefined> {
	let text = "";
	for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
		text += next.value.toString("latin1");
		const end = text.indexOf("\r\n\r\n");
		if (end < 0) continue;
		const [first = "", ...lines] = text.slice(0, end).split("\r\n");
		const headers = new Map(
			lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
		);
		const body = text.slice(end + 4);
		if (body.length < Number(headers.get("content-length") ?? 0)) continue;
		const path = first.split(" ")[1] ?? "/";
		return { who: path.split("/")[1] ?? "", path, headers, body: Buffer.from(body, "latin1").toString("utf8") };
	}
	return undefined;
}

async function take(socket: Socket, step: Step): Promise<void> {
	if (socket.destroyed) return;
	if (step === "next") return;
	if (step === "end") socket.end();
	else if (step === "reset") socket.resetAndDestroy();
	else if (step === "silence") await once(socket, "close");
	else if (typeof step === "string" || step instanceof Uint8Array) await write(socket, step);
	else {
		for (let sent = 0; sent < step.times && !socket.destroyed; sent += 1) {
			await write(socket, step.repeat);
			if (step.everyMs !== undefined) await wait(step.everyMs);
		}
	}
}

/** Each piece goes alone: what is read of it is read before the next one comes, as far as that can be told from here. */
async function write(socket: Socket, bytes: string | Uint8Array): Promise<void> {
	await new Promise<void>((resolve) => {
		const onClose = (): void => resolve();
		socket.once("close", onClose);
		socket.write(bytes, () => {
			socket.off("close", onClose);
			setImmediate(resolve);
		});
	});
}
