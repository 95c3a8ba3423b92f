import { createSpaceport } from "@spaceport/core";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";
import { startSpaceEmulator } from "@spaceport/testkit/emulator";
import { describe, expect, test } from "vitest";

import { createSpaceProvider, defineSpaceProvider } from "../src/index.ts";
import { createFakeNet, type NetAnswer } from "./support/fake-hub.ts";
import { chatConfig } from "./support/fake-space.ts";

const echo = defineSpaceProvider({
	name: "echo",
	space: "Ada/My_Space",
	api: "/model_chat",
	models: [{ id: "echo" }],
	toData: (request, call) => [call.conversation(request).prompt],
	fromData: ([text]) => (typeof text === "string" ? text : undefined),
});

describe("the probe of a Space", () => {
	test("reads its config anew, and begins no job", async () => {
		await using space = await startSpaceEmulator();
		const provider = createSpaceProvider(space.baseUrl);
		const spaceport = createSpaceport({ providers: [provider] });
		expect(await spaceport.probe()).toMatchObject([{ provider: provider.name, state: "well" }]);
		await spaceport.probe();
		expect(space.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /config", "GET /config"]);
		expect(space.jobs).toEqual([]);
	});

	test("notices that the server is gone, and that it is back", async () => {
		await using space = await startSpaceEmulator();
		const spaceport = createSpaceport({ providers: { emulated: createSpaceProvider(space.baseUrl) } });
		await spaceport.complete({ messages: "Hello" });
		space.setFaults([{ kind: "cut", at: "config" }]);
		expect(await spaceport.probe("emulated")).toMatchObject([{ state: "cooling", code: "network", failures: 1 }]);
		space.setFaults([]);
		expect(await spaceport.probe("emulated")).toMatchObject([{ state: "well" }]);
	});

	test("notices that the function is no longer there", async () => {
		await using space = await startSpaceEmulator({
			functions: { other: { inputs: ["textbox"], outputs: ["textbox"], run: ([text]) => [text] } },
		});
		const spaceport = createSpaceport({ providers: [createQwen2_72b({ baseUrl: space.baseUrl })] });
		expect(await spaceport.probe()).toMatchObject([{ state: "cooling", code: "space-contract" }]);
	});

	test("does not wake a Space that sleeps, and believes the hub", async () => {
		for (const [stage, expected] of [
			["SLEEPING", { state: "cooling", code: "space-unavailable" }],
			["PAUSED", { state: "cooling", code: "space-unavailable" }],
		] as const) {
			const net = createFakeNet({ hub: () => stage, space: () => "hang" });
			const spaceport = createSpaceport({ providers: [echo({ fetch: net.fetch, hubUrl: "https://huggingface.co" })] });
			expect(await spaceport.probe()).toMatchObject([expected]);
			expect(net.space()).toEqual([]);
		}
	});

	test("asks the Space itself where the hub says that it runs, or says nothing", async () => {
		for (const stage of ["RUNNING", new Response("", { status: 500 })] satisfies readonly NetAnswer[]) {
			const net = createFakeNet({ hub: () => stage, space: () => chatConfig() });
			const spaceport = createSpaceport({ providers: [echo({ fetch: net.fetch })] });
			expect(await spaceport.probe()).toMatchObject([{ state: "well" }]);
			expect(net.space().map(({ url }) => url.pathname)).toEqual(["/config"]);
		}
	});

	test("ends within the time for a connection, and when it is aborted", async () => {
		const net = createFakeNet({ hub: () => "RUNNING", space: () => "hang" });
		const spaceport = createSpaceport({ providers: [echo({ fetch: net.fetch })], timeouts: { connectMs: 50 } });
		expect(await spaceport.probe()).toMatchObject([{ state: "cooling", code: "timeout" }]);
		const patient = createSpaceport({ providers: [echo({ fetch: net.fetch })] });
		await expect(patient.probe("echo", { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: "aborted" });
		await expect.poll(() => net.open()).toBe(0);
	});
});
