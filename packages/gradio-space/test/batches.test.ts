import { describe, expect, test } from "vitest";

import { createSpace, type GradioEvent, type SubmitOptions } from "../src/index.ts";
import { completed, event, generating, message, openStream, startFakeSpace } from "./support/fake-space.ts";

const data = ["q", [], ""];
const queued = message("estimation", { rank: 2, queue_size: 3 });
const steps = [
	generating("", [["q", "a"]], ""),
	generating([], [["append", [0, 1], "b"]], []),
	generating([], [["append", [0, 1], "c"]], []),
];
const end = completed("", [["q", "abc"]], "");

/** Events that arrive in one piece of the network. */
describe("events that come together", () => {
	async function read(stream: readonly (object | string)[], options: SubmitOptions = {}, onEvent?: (one: GradioEvent) => void) {
		await using server = await startFakeSpace({
			stream: (_, response) => {
				openStream(response);
				response.end(stream.map(event).join(""));
			},
		});
		const events: GradioEvent[] = [];
		const space = createSpace(server.url);
		let error: unknown;
		try {
			for await (const one of space.submit("/model_chat", data, options)) {
				events.push(one);
				onEvent?.(one);
			}
		} catch (thrown) {
			error = thrown;
		}
		const answers = events.flatMap((one) => (one.type === "value" ? [(one.data[1] as [[string, string]])[0][1]] : []));
		return { answers, error, types: events.map(({ type }) => type), paths: server.requests.map(({ path }) => path) };
	}

	test("are given one by one", async () => {
		const { answers, types, error } = await read([queued, message("process_starts"), ...steps, end]);
		expect(types).toEqual(["queue", "started", "value", "value", "value", "value"]);
		expect(answers).toEqual(["a", "ab", "abc", "abc"]);
		expect(error).toBeUndefined();
	});

	test("are not given any more when the caller has aborted", async () => {
		const controller = new AbortController();
		const { answers, error } = await read([...steps, end], { signal: controller.signal }, () => controller.abort());
		expect(answers).toEqual(["a"]);
		expect(error).toMatchObject({ code: "aborted" });
	});

	test("are given before the failure that ends them, which knows what was made of them", async () => {
		let text = "";
		const { answers, error } = await read([...steps], { textSoFar: () => text }, (one) => {
			if (one.type === "value") text = (one.data[1] as [[string, string]])[0][1];
		});
		expect(answers).toEqual(["a", "ab", "abc"]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: "abc" });
	});

	test("are given before the queue is left", async () => {
		const options: SubmitOptions = { leaveQueueWhen: ({ rank }) => rank > 1 };
		const { types, error } = await read([message("log", { log: "hello", level: "info" }), queued, ...steps, end], options);
		expect(types).toEqual(["log"]);
		expect(error).toMatchObject({ code: "queue-full" });
	});

	test("end with the one that ends the stream, whatever comes after it", async () => {
		const { answers, error } = await read([steps[0] ?? "", message("close_stream"), ...steps.slice(1), end]);
		expect(answers).toEqual(["a"]);
		expect(error).toMatchObject({ code: "stream-interrupted" });
	});

	test("keep their order around one that cannot be read", async () => {
		const { answers, error } = await read([steps[0] ?? "", "{broken", ...steps.slice(1), end]);
		expect(answers).toEqual(["a", "ab", "abc", "abc"]);
		expect(error).toBeUndefined();
	});
});
