import { runFile } from "./run-file.ts";
import { tell, useTunnel } from "./tunnel.ts";

/** Runs a test file in a page. */
export function runInPage(file: string, load: () => Promise<unknown>): void {
	const socket = new WebSocket(new URL("/tunnel", location.href.replace(/^http/, "ws")));
	useTunnel(socket);
	socket.addEventListener("open", async () => {
		try {
			tell({ do: "over", outcome: await runFile(file, load) });
		} catch (error) {
			tell({
				do: "over",
				outcome: { file, tests: [], errors: [String((error as Error).stack ?? error)], runtime: { name: "", version: undefined } },
			});
		}
	});
}
