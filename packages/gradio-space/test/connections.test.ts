import { describe, expect, test } from "vitest";

import { createSpace } from "../src/index.ts";
import { collect } from "./support/collect.ts";
import { completed, event, openStream, startFakeSpace } from "./support/fake-space.ts";

const data = ["q", [], ""];
const done = completed("", [["q", "a"]], "");

describe("the connection of a stream whose job is over", () => {
	test("is used again where the server ends the stream", async () => {
		const sockets = new Set<unknown>();
		await using server = await startFakeSpace({
			stream: (_, response) => {
				sockets.add(response.socket);
				openStream(response);
				response.write(event(done));
				// A moment after the job's end, as real servers do.
				setTimeout(() => response.end(event({ msg: "close_stream", event_id: null })), 20);
			},
		});
		const space = createSpace(server.url);
		for (let round = 0; round < 8; round += 1) {
			await collect(space.submit("/model_chat", data));
			await server.requests.at(-1)?.closed;
		}
		// One that has just come to its end may not be free yet.
		expect(sockets.size).toBeLessThan(4);
	});

	test("is closed where it does not, whether or not anybody asks for more", async () => {
		await using server = await startFakeSpace({
			stream: (_, response) => {
				openStream(response);
				response.write(event(done));
			},
		});
		const space = createSpace(server.url);
		await collect(space.submit("/model_chat", data));
		const events = space.submit("/model_chat", data);
		while ((await events.next()).value?.type !== "value");
		const streams = server.requests.filter(({ path }) => path.endsWith("/queue/data"));
		expect(streams).toHaveLength(2);
		await Promise.all(streams.map(({ closed }) => closed));
	});
});
