import { raceSignal, raceTimer } from "@spaceport/http";
import { parseQueueMessage, type QueueMessage } from "../decode/queue-message.ts";
import { isTyped } from "../space-failure.ts";
import { largestEvent } from "./event-stream.ts";
import { callBody, type Job, type JobOptions, toJson } from "./job.ts";
import { createMailbox } from "./mailbox.ts";
import { createSockets, type SocketEvent, type SpaceSocket } from "./open-socket.ts";

/** What happens on a socket; `alive` is what was answered here already. */
type Happening = "alive" | { readonly message: QueueMessage } | { readonly error: unknown } | { readonly closed: SocketEvent };

/**
 * Joins the queue of a Gradio 3, over a WebSocket: the server asks for the session (`send_hash`), later for the inputs (`send_data`), and closes the socket after
 * `process_completed`. It waits a few seconds for each, so they are sent whether or not the caller asks for the next event meanwhile. Closing the socket is all
 * that may be done to end a job: `/reset` starts it again there (seen on 3.50.2).
 *
 * @param options - what to call, with what
 */
export function startWebSocketJob(options: JobOptions): Job {
	const { toError, endpoint, sessionHash, signal, connectMs, idleMs } = options;
	const sockets = createSockets(options.sockets);
	const happenings = createMailbox<Happening>();
	let greeted = false;
	let over = false;
	let socket: SpaceSocket | undefined;
	connect();

	function onText(text: string): void {
		greeted = true;
		options.onAlive?.();
		if (text.length > largestEvent) throw toError({ kind: "too-large", limit: largestEvent, cause: undefined });
		const message = parseQueueMessage(text);
		if (message === undefined) options.onUnreadable(text);
		else if (message.msg === "send_hash") socket?.send(JSON.stringify({ fn_index: endpoint.fnIndex, session_hash: sessionHash }));
		else if (message.msg === "send_data") socket?.send(toJson(callBody(options), toError));
		else {
			happenings.put({ message });
			return;
		}
		happenings.put("alive");
	}

	function connect(): void {
		const opening = sockets.open(`${endpoint.apiPrefix}/queue/join`, { signal, connectMs });
		if (!("then" in opening)) {
			listen(opening);
			return;
		}
		opening.then(listen).catch((error: unknown) => {
			happenings.put({ error: isTyped(error) ? error : toError({ kind: "no-answer", phase: "join", cause: error }) });
		});
	}

	function listen(opening: SpaceSocket): void {
		socket = opening;
		// It may have been left before there was one.
		if (over) close();
		let refused = false;
		opening.addEventListener("message", ({ data }) => {
			try {
				onText(typeof data === "string" ? data : "");
			} catch (error) {
				happenings.put({ error });
			}
		});
		// Node 22 tells of a handshake that was refused by `error` alone; elsewhere `close` comes after it, and says nothing more.
		const onEnd = (closed: SocketEvent): void => {
			if (!refused) happenings.put({ closed });
			refused ||= !greeted;
		};
		opening.addEventListener("error", ({ message, error }) => onEnd({ message, error }));
		opening.addEventListener("close", ({ code, reason }) => onEnd({ code, reason }));
	}

	function close(): void {
		over = true;
		try {
			socket?.close();
		} catch {
			// A socket of the caller's own. What a listener of a signal throws would end the process.
		}
	}

	return {
		async *messages() {
			let renewed = false;
			while (true) {
				// The server speaks first: until then it is the connection that is waited for.
				const silent = (): Error =>
					greeted
						? toError({ kind: "silent", phase: "stream", afterMs: idleMs })
						: toError({ kind: "late", phase: "join", afterMs: connectMs });
				const happening = await raceTimer(raceSignal(happenings.take(), signal), greeted ? idleMs : connectMs, silent);
				if (happening === "alive") continue;
				if ("message" in happening) yield [happening.message];
				else if ("error" in happening) throw happening.error;
				else if (!greeted) {
					const again = !renewed && (await sockets.renewLogin(endpoint.apiPrefix, { signal, connectMs }));
					if (!again || over) throw refusal(happening.closed);
					renewed = true;
					connect();
				} else if (happening.closed.code === 1008) throw refusal(happening.closed);
				else if (happening.closed.error !== undefined) throw happening.closed.error;
				else return;
			}
		},
		close,
		release: close,
	};

	function refusal({ code, reason, message, error }: SocketEvent): Error {
		const words = [reason, message].find((word) => typeof word === "string" && word !== "");
		return toError({
			kind: "socket-refused",
			code: typeof code === "number" ? code : undefined,
			reason: typeof words === "string" ? words : "",
			cause: error,
		});
	}
}
