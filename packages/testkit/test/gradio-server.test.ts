import { spawn } from "node:child_process";
import { once } from "node:events";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
	chatbotAnswer,
	currentGradioVersions,
	type GradioServer,
	gradioRequirement,
	PlainClient,
	type PlainMessage,
	startGradioServer,
} from "../src/gradio/index.ts";

const gradio = await gradioRequirement();
const system = "You are a helpful assistant.";

describe.skipIf(gradio.skip).each(currentGradioVersions)("the twin on Gradio %s", (version) => {
	let server: GradioServer;
	let client: PlainClient;
	let sessions = 0;

	beforeAll(async () => {
		server = await startGradioServer({ version, concurrency: 1, queueSize: 2 });
		client = await PlainClient.connect(server);
	});
	afterAll(() => server.stop());

	async function ask(query: string): Promise<{ session: string; eventId: string }> {
		const session = `session${sessions++}`;
		const eventId = await client.join({
			data: [query, [], system],
			event_data: null,
			fn_index: client.functionIndex("model_chat"),
			trigger_id: 11,
			session_hash: session,
		});
		return { session, eventId };
	}

	async function answer(query: string): Promise<PlainMessage[]> {
		const { session } = await ask(query);
		const messages: PlainMessage[] = [];
		for await (const message of client.messages(session)) messages.push(message);
		return messages;
	}

	test("shows the endpoints of the original", () => {
		const { config } = client;
		expect(config.version).toBe(version);
		expect(config.protocol).toBe("sse_v3");
		expect(config.api_prefix ?? "").toBe(version.startsWith("4.") ? "" : "/gradio_api");
		expect(config.dependencies.slice(0, 4).map(({ api_name }) => api_name)).toEqual([
			"model_chat",
			"model_chat_1",
			"clear_session",
			"modify_system_session",
		]);
		const typeOf = (id: number): string | undefined => config.components.find((component) => component.id === id)?.type;
		expect(config.dependencies[0]?.inputs.map(typeOf)).toEqual(["textbox", "chatbot", "textbox"]);
		expect(config.dependencies[0]?.outputs.map(typeOf)).toEqual(["textbox", "chatbot", "textbox"]);
	});

	test("streams an answer, and writes down what it streamed", async () => {
		const messages = await answer("long id=streamed");
		const steps = server.readLog().filter(({ id, event }) => id === "streamed" && event === "yield");
		expect(steps.length).toBeGreaterThan(300);
		expect(messages.filter(({ msg }) => msg === "process_generating")).toHaveLength(steps.length);
		const completed = messages.find(({ msg }) => msg === "process_completed");
		expect(completed?.success).toBe(true);
		const data = completed?.output?.data as unknown[];
		expect(chatbotAnswer(data[1])).toBe(steps.at(-1)?.shown);
		expect(chatbotAnswer(data[1])).toContain("\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}");
		expect(chatbotAnswer(data[1])).toContain("separator:\u2028this");
		const events = server.readLog().filter(({ id, event }) => id === "streamed" && event !== "yield");
		expect(events.map(({ event }) => event)).toEqual(["start", "end", "finally"]);
	});

	test("tells what it was called with, a history that it sent included", async () => {
		const first = (await answer("echo: one")).find(({ msg }) => msg === "process_completed");
		const [, history] = (first?.output?.data ?? []) as unknown[];
		const called = await client.call("model_chat", ["history", history, "Be brief."]);
		const received = JSON.parse(chatbotAnswer(called.final?.[1]) ?? "") as Record<string, unknown>;
		expect(received.system).toBe("Be brief.");
		expect(chatbotAnswer(received.history)).toBe("one");
	});

	test("closes the generator of a stream that was dropped", async () => {
		const { session } = await ask("endless id=dropped ms=20");
		for await (const { msg } of client.messages(session)) if (msg === "process_generating") break;
		await server.waitForLog(({ id, event }) => id === "dropped" && event === "finally");
		const events = server.readLog().filter(({ id, event }) => id === "dropped" && event !== "yield");
		expect(events.map(({ event }) => event)).toEqual(["start", "exit", "finally"]);
	});

	test("never starts a call that leaves the queue, and refuses one too many", async () => {
		const running = await ask("endless id=running");
		const first = client.messages(running.session);
		await server.waitForLog(({ id, event }) => id === "running" && event === "yield");
		const queued = await ask("echo id=queued: never said");
		const second = client.messages(queued.session);
		expect((await second.next()).value?.msg).toBe("estimation");
		await ask("echo id=later: said");
		const refused = await client.post("/queue/join", {
			data: ["echo: refused", [], system],
			fn_index: client.functionIndex("model_chat"),
			session_hash: "refused",
		});
		expect(refused.status).toBe(503);
		expect(await refused.text()).toContain("Queue is full");

		await second.return();
		await first.next();
		await first.return();
		await server.waitForLog(({ id, event }) => id === "later" && event === "finally");
		expect(server.readLog().filter(({ id }) => id === "queued")).toEqual([]);
	});

	test("fails as it is told", async () => {
		const raised = (await answer("fail after=2: no more")).find(({ msg }) => msg === "process_completed");
		expect(raised?.success).toBe(false);
		expect(raised?.output?.error).toBe(version === "4.44.1" ? "'no more'" : "no more");
		const crashed = (await answer("crash id=crashed: a secret")).find(({ msg }) => msg === "process_completed");
		expect(crashed?.output).toMatchObject({ error: null });
		const events = server.readLog().filter(({ id }) => id === "crashed");
		expect(events.map(({ event }) => event)).toEqual(["start", "error", "finally"]);
	});

	test("serves the other endpoints", async () => {
		const final = async (endpoint: string, ...data: unknown[]): Promise<unknown> => (await client.call(endpoint, data)).final;
		const failed = async (endpoint: string): Promise<unknown> => {
			const { values, failed } = await client.call(endpoint, ["message"]);
			return { failed, steps: values.length };
		};
		expect(await final("plain", "text")).toEqual(["plain: text"]);
		expect(await final("unqueued", "text")).toEqual(["plain: text"]);
		expect(await final("text_stream", "echo: \tas it is \n")).toEqual(["\tas it is \n"]);
		expect(await final("count", null)).toEqual(["1", null]);
		expect(chatbotAnswer(((await final("rewrite_chat", "", [])) as unknown[])[0])).toBe("The answer is 42. I was wrong before.");
		expect(chatbotAnswer(((await final("shrink_chat", "", [])) as unknown[])[0])).toBe("Too long a history was forgotten.");
		expect(await final("progress", "steps=1")).toEqual(["part "]);
		expect(await final("logs", "")).toEqual(["warm and short"]);
		expect((await client.call("json_values", ["[[1,2],{},null]"])).values).toEqual([[[1, 2]], [{}], [null]]);
		expect((await client.call("list_values", ["[[[1,2],{}],[[1]],[]]"])).values).toEqual([[[[1, 2], {}]], [[[1]]], [[]]]);
		expect(await failed("fail_at_once")).toEqual({ failed: true, steps: 0 });
		expect(await failed("crash_at_once")).toEqual({ failed: true, steps: 0 });
		expect(await failed("fail_midway")).toEqual({ failed: true, steps: 3 });
		expect(await failed("crash_midway")).toEqual({ failed: true, steps: 3 });
	});
});

describe.skipIf(gradio.skip)("startGradioServer", () => {
	test.each(["4.44.1", "5.50.0"] as const)("gives Gradio %s the other form of history", async (version) => {
		await using server = await startGradioServer({ version, chatbot: "messages" });
		const { final } = await (await PlainClient.connect(server)).call("model_chat", ["echo: here", [], system]);
		expect(final?.[1]).toMatchObject([
			{ role: "user", content: "echo: here" },
			{ role: "assistant", content: "here" },
		]);
	});

	test("asks for a password where it is told to", async () => {
		await using server = await startGradioServer({ version: "5.50.0", auth: { user: "ada", password: "s3cret" } });
		expect((await fetch(`${server.baseUrl}/config`)).status).toBe(401);
		const login = await fetch(`${server.baseUrl}/login`, {
			method: "POST",
			body: new URLSearchParams({ username: "ada", password: "s3cret" }),
		});
		expect(login.status).toBe(200);
		const cookie = login.headers
			.getSetCookie()
			.map((each) => each.split(";")[0])
			.join("; ");
		expect((await fetch(`${server.baseUrl}/config`, { headers: { cookie } })).status).toBe(200);
	});

	test("says what the server printed where it does not start", async () => {
		await expect(startGradioServer({ version: "6.31.0", chatbot: "tuples" })).rejects.toThrow("has no Chatbot of type tuples");
	});

	test("ends the server when the process that started it is killed", async () => {
		const source = `
      import { startGradioServer } from ${JSON.stringify(new URL("../src/gradio/index.ts", import.meta.url).href)};
      const server = await startGradioServer({ version: "4.44.1" });
      process.stdout.write(server.baseUrl);
    `;
		const parent = spawn(process.execPath, ["--input-type=module", "--eval", source], { stdio: ["ignore", "pipe", "inherit"] });
		const [baseUrl] = (await once(parent.stdout, "data")) as [Buffer];
		// A request that the server never ends: it breaks off when the server does.
		const beats = await fetch(`${baseUrl}/heartbeat/watching`);
		const broken = (async () => {
			for await (const _ of beats.body ?? []);
		})().catch((error: unknown) => error);
		parent.kill("SIGKILL");
		await broken;
		await expect(fetch(`${baseUrl}/config`)).rejects.toThrow();
	});
});
