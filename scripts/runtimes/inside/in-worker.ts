import { runFile } from "./run-file.ts";
import { tell, useTunnel } from "./tunnel.ts";

/** workerd's way to open a WebSocket. */
interface UpgradedResponse extends Response {
	readonly webSocket: (WebSocket & { accept(): void }) | null;
}

/** Runs a test file in a worker, within one request: outside of requests a worker may neither connect nor set timers. */
export async function runInWorker(request: Request, file: string, load: () => Promise<unknown>): Promise<Response> {
	const { webSocket } = (await fetch(request.headers.get("x-tunnel") ?? "", { headers: { upgrade: "websocket" } })) as UpgradedResponse;
	if (webSocket === null) return new Response("no tunnel", { status: 500 });
	webSocket.accept();
	useTunnel(webSocket);
	tell({ do: "over", outcome: await runFile(file, load) });
	return new Response("over");
}
