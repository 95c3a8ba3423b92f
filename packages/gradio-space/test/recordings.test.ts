import { chatbotAnswer, currentGradioVersions, type Recording, readRecording, recordingNames } from "@spaceport/testkit/gradio";
import { describe, expect, test } from "vitest";
import { startServer } from "../../http/test/support/http-server.ts";
import { parseSpaceConfig } from "../src/handshake/space-config.ts";
import { createSpace, type GradioEvent } from "../src/index.ts";
import { openStream, sendJson } from "./support/fake-space.ts";

/** A server that answers as a real one did, in pieces of uneven sizes. */
function replay(recording: Recording) {
	const sizes = [1, 700, 3, 64, 2, 4096];
	return startServer(async ({ path }, response) => {
		if (path === "/config") sendJson(response, recording.config);
		else if (path.endsWith("/queue/join")) sendJson(response, { event_id: recording.eventId });
		else if (path.endsWith("/queue/data")) {
			openStream(response);
			for (let at = 0, piece = 0; at < recording.bytes.length; piece += 1) {
				const end = at + (sizes[piece % sizes.length] ?? 1);
				await new Promise((resolve) => response.write(recording.bytes.subarray(at, end), resolve));
				at = end;
			}
			response.end();
		} else sendJson(response, { success: true });
	});
}

async function run(recording: Recording): Promise<{ events: GradioEvent[]; error: unknown }> {
	await using server = await replay(recording);
	const events: GradioEvent[] = [];
	let error: unknown;
	try {
		for await (const event of createSpace(server.url).submit(`/${recording.endpoint}`, recording.join.data)) events.push(event);
	} catch (thrown) {
		error = thrown;
	}
	return { events, error };
}

describe.each(currentGradioVersions)("what Gradio %s once sent", async (version) => {
	test.each(await recordingNames(version))("%s: every step is what the app had", async (name) => {
		const recording = await readRecording(version, name);
		const { events, error } = await run(recording);
		const values = events.flatMap((event) => (event.type === "value" ? [event] : []));
		const steps = values.filter(({ final }) => !final).map(({ data }) => data);
		expect(steps).toEqual(recording.steps.slice(0, steps.length));
		if (name !== "cancelled") expect(steps).toHaveLength(recording.steps.length);
		const { output, success } = recording.completed as { output: { data?: unknown }; success: boolean };
		if (!success) expect(error).toMatchObject({ code: "generation" });
		else if (output.data === undefined) expect(error).toMatchObject({ code: "stream-interrupted" });
		else {
			expect(error).toBeUndefined();
			expect(values.at(-1)).toMatchObject({ final: true, data: output.data });
		}
	});

	test("the piece of each step of a long answer comes from its difference", async () => {
		const { events } = await run(await readRecording(version, "long"));
		let before = "";
		let known = 0;
		let grown = 0;
		for (const event of events) {
			if (event.type !== "value") continue;
			const text = chatbotAnswer(event.data[1]) ?? "";
			if (text.length > before.length && text.startsWith(before)) {
				grown += 1;
				if (event.appends.some((append) => append.after === text && append.before + append.piece === text)) known += 1;
			}
			before = text;
		}
		expect(grown).toBeGreaterThan(300);
		// All but the first step, which is whole.
		expect(known).toBeGreaterThanOrEqual(grown - 1);
	});

	test.each(["error-start", "error-midway"])("%s has the server's words without Python's quotes", async (name) => {
		const { error } = await run(await readRecording(version, name));
		expect(error).toMatchObject({ code: "generation", detail: 'The model\'s "worker" is gone' });
	});

	test("the queue, progress and logs", async () => {
		const kinds = async (name: string): Promise<string[]> => (await run(await readRecording(version, name))).events.map(({ type }) => type);
		expect(await kinds("queued")).toEqual(expect.arrayContaining(["queue", "started", "value"]));
		const { events } = await run(await readRecording(version, "progress"));
		expect(events).toContainEqual(expect.objectContaining({ type: "progress", description: "part 1", index: 1, length: 3, unit: "parts" }));
		const logs = (await run(await readRecording(version, "log"))).events.filter(({ type }) => type === "log");
		expect(logs).toEqual([
			{ type: "log", level: "info", text: "the model is warm" },
			{ type: "log", level: "warning", text: "the answer is short" },
		]);
	});

	test("the config", async () => {
		const config = parseSpaceConfig(JSON.stringify((await readRecording(version, "echo")).config));
		expect(config).toMatchObject({ version, protocol: "sse_v3", apiPrefix: version.startsWith("4.") ? "" : "/gradio_api" });
		const chat = config?.endpoints.find(({ name }) => name === "model_chat");
		expect(chat?.inputs?.map(({ type }) => type)).toEqual(["textbox", "chatbot", "textbox"]);
	});
});
