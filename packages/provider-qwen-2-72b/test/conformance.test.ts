import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

import { providerConformance } from "@spaceport/testkit";
import { afterAll, beforeAll, describe, test } from "vitest";

import { createQwen2_72b } from "../src/index.ts";
import { type ChatServer, startChatServer } from "./support/chat-server.ts";

const pieces = ["Once", " upon", " a", " time", ", в некотором", " царстве", " 😀"];

describe("the conformance suite, against a stand-in", () => {
	let server: ChatServer;
	let deadUrl: string;
	beforeAll(async () => {
		server = await startChatServer(pieces);
		const probe = createServer().listen(0, "127.0.0.1");
		await once(probe, "listening");
		deadUrl = `http://127.0.0.1:${(probe.address() as AddressInfo).port}`;
		probe.close();
		await once(probe, "close");
	});
	afterAll(() => server[Symbol.asyncDispose]());
	const subject = {
		create: () => createQwen2_72b({ baseUrl: server.url }),
		createBroken: () => createQwen2_72b({ baseUrl: deadUrl }),
		expectedText: pieces.join(""),
		countAsked: () => server.requests.length,
	};
	for (const { name, run } of providerConformance(subject)) test(name, run);
});
