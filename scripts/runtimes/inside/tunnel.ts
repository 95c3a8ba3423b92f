import type { ToHost, ToRuntime } from "../tunnel/messages.ts";

/** What is used of a WebSocket: the standard one has it, and workerd's. */
interface TunnelSocket {
	send(data: string): void;
	addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

let socket: TunnelSocket | undefined;
let count = 0;
const replies = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
const listeners = new Set<(message: ToRuntime) => void>();

/** Opens the tunnel: what the modules that stand in for Node's then say and hear goes through this socket. */
export function useTunnel(opened: TunnelSocket): void {
	socket = opened;
	opened.addEventListener("message", ({ data }) => {
		const message = JSON.parse(String(data)) as ToRuntime;
		if (message.on === "reply") {
			const waiting = replies.get(message.reply);
			replies.delete(message.reply);
			if (message.error === undefined) waiting?.resolve(message.value);
			else waiting?.reject(new Error(message.error));
			return;
		}
		for (const listener of listeners) {
			try {
				listener(message);
			} catch (error) {
				// As what an event handler throws in Node: the run fails with it.
				void Promise.reject(error);
			}
		}
	});
}

export function tell(message: ToHost): void {
	if (socket === undefined) throw new Error("The tunnel to the test servers is not open.");
	socket.send(JSON.stringify(message));
}

export function newNumber(): number {
	count += 1;
	return count;
}

/** Asks for something and waits for the answer. */
export function ask(message: (reply: number) => ToHost): Promise<unknown> {
	const reply = newNumber();
	const answer = new Promise<unknown>((resolve, reject) => replies.set(reply, { resolve, reject }));
	tell(message(reply));
	return answer;
}

export function listenToTunnel(listener: (message: ToRuntime) => void): void {
	listeners.add(listener);
}
