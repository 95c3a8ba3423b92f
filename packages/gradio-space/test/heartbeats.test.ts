import type { ServerResponse } from "node:http";

import { type AsyncGeneratorProvider, type AttemptContext, createSpaceport } from "@spaceport/core";
import { startSpaceEmulator } from "@spaceport/testkit/emulator";
import { describe, expect, test } from "vitest";

import { createSpace, defineSpaceProvider } from "../src/index.ts";
import { completed, event, generating, message, openStream, startFakeSpace } from "./support/fake-space.ts";

/** Long against a heartbeat, short against what the silences of these tests last. */
const idleMs = 600;
const beatMs = 20;
const mostBeats = 60;

/** The provider, and how often it said that it is alive after its first chunk. */
function counting(provider: AsyncGeneratorProvider, onBeats: () => void): AsyncGeneratorProvider {
	let beats = 0;
	return {
		...provider,
		async *createAsyncGenerator(request, context) {
			let begun = false;
			const alive = (): void => {
				if (begun) beats += 1;
				if (beats === mostBeats) onBeats();
				context.alive();
			};
			for await (const chunk of provider.createAsyncGenerator(request, { ...context, alive } as AttemptContext)) {
				begun = true;
				yield chunk;
			}
		},
	};
}

const spaceOf = (url: string) =>
	defineSpaceProvider({
		name: "space",
		space: url,
		api: "/model_chat",
		models: [{ id: "space" }],
		toData: () => ["q", [], ""],
		fromData: ([, turns]) => (turns as [string, string][])[0]?.[1],
	})();

describe("between two chunks", () => {
	test.concurrent.for(["4.16.0", "4.44.1", "5.50.0", "6.31.0"] as const)(
		"the heartbeats of Gradio %s keep the chain waiting",
		async (version) => {
			const beaten = Promise.withResolvers<void>();
			await using space = await startSpaceEmulator({
				version,
				heartbeatMs: beatMs,
				functions: {
					slow: {
						inputs: ["textbox"],
						outputs: ["textbox"],
						async *run(_, { signal }) {
							yield ["first"];
							await Promise.race([beaten.promise, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
							yield ["first and second"];
						},
					},
				},
			});
			const provider = defineSpaceProvider({
				name: "space",
				space: space.baseUrl,
				api: "/slow",
				models: [{ id: "space" }],
				toData: () => ["q"],
				fromData: ([text]) => text as string,
			})();
			const spaceport = createSpaceport({ providers: [counting(provider, beaten.resolve)], timeouts: { idleMs } });
			expect((await spaceport.complete({ messages: "q" })).text).toBe("first and second");
		},
	);

	test.concurrent.for([
		["comments, as proxies send them", ": ping\n\n"],
		["half an event", " "],
		["messages that are not known", event({ msg: "thinking", event_id: null })],
	])("so do %s", async ([, beat]) => {
		const beaten = Promise.withResolvers<void>();
		const stream = async (_: unknown, response: ServerResponse): Promise<void> => {
			openStream(response);
			response.write(event(message("process_starts")) + event(generating("", [["q", "first"]], "")));
			if (beat === " ") response.write("data:");
			const beats = setInterval(() => response.write(beat), beatMs);
			response.once("close", () => clearInterval(beats));
			await beaten.promise;
			clearInterval(beats);
			response.end(`${beat === " " ? "{}\n\n" : ""}${event(completed("", [["q", "first and second"]], ""))}`);
		};
		await using server = await startFakeSpace({ stream });
		const spaceport = createSpaceport({ providers: [counting(spaceOf(server.url), beaten.resolve)], timeouts: { idleMs } });
		expect((await spaceport.complete({ messages: "q" })).text).toBe("first and second");
	});
});

test.concurrent("before the first chunk they are none: the deadline for it passes", async () => {
	const stream = async (_: unknown, response: ServerResponse): Promise<void> => {
		openStream(response);
		response.write(event(message("process_starts")));
		const beats = setInterval(() => response.write(event({ msg: "heartbeat" })), beatMs);
		response.once("close", () => clearInterval(beats));
	};
	await using server = await startFakeSpace({ stream });
	const spaceport = createSpaceport({ providers: [spaceOf(server.url)], timeouts: { lastFirstChunkMs: idleMs, idleMs } });
	await expect(spaceport.complete({ messages: "q" })).rejects.toMatchObject({ code: "timeout", phase: "first-chunk" });
});

test.concurrent("a caller of a Space is told of them, over /call too", async () => {
	for (const protocol of [undefined, "call"] as const) {
		let told = 0;
		const done = Promise.withResolvers<void>();
		await using space = await startSpaceEmulator({
			heartbeatMs: beatMs,
			functions: {
				slow: {
					inputs: ["textbox"],
					outputs: ["textbox"],
					async run() {
						await done.promise;
						return ["done"];
					},
				},
			},
		});
		const onAlive = (): void => {
			told += 1;
			if (told === 5) done.resolve();
		};
		const types: string[] = [];
		for await (const { type } of createSpace(space.baseUrl).submit("/slow", ["q"], { onAlive, protocol })) types.push(type);
		expect(types.at(-1)).toBe("value");
	}
});
