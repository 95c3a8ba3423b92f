/** The fake servers in a process of their own. The parent gets their addresses, and their CPU time when it asks. */
import type { AddressInfo, Server } from "node:net";

import { readRecordedConfig } from "@spaceport/testkit/gradio";

import { createFakeOpenai } from "./fake-openai.ts";
import { createFakeSpace } from "./fake-space.ts";
import type { ServerAddresses, ServerReport } from "./server-process.ts";

async function listen(server: Server): Promise<string> {
	// Many clients connect in the same moment.
	await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A recorded config, whose own idea of its address would lead a client elsewhere. */
async function config(version: "5.50.0" | "4.44.1"): Promise<string> {
	return (await readRecordedConfig(version)).replace(/"root": *"[^"]*"/, '"root":""');
}

// The nearest that was recorded to 4.16.0.
const oldConfig = (await config("4.44.1"))
	.replace('"version":"4.44.1"', '"version":"4.16.0"')
	.replace('"protocol":"sse_v3"', '"protocol":"sse_v1"');

const addresses: ServerAddresses = {
	differences: await listen(createFakeSpace("5.50.0", await config("5.50.0"))),
	whole: await listen(createFakeSpace("4.16.0", oldConfig)),
	openai: await listen(createFakeOpenai()),
};
process.on("message", () => {
	const { user, system } = process.cpuUsage();
	process.send?.({ cpuMs: (user + system) / 1000, atMs: performance.now() } satisfies ServerReport);
});
process.on("disconnect", () => process.exit());
process.send?.(addresses);
