import { once } from "node:events";
import { createServer } from "node:net";

/** Gives a port of 127.0.0.1 that nobody listens on. Somebody may take it before it is used. */
export async function freePort(): Promise<number> {
	const probe = createServer();
	probe.listen(0, "127.0.0.1");
	await once(probe, "listening");
	const address = probe.address();
	probe.close();
	await once(probe, "close");
	if (address === null || typeof address === "string") throw new Error("The system gave no port");
	return address.port;
}
