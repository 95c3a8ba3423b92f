import { gradioRequirement, PlainClient, type PlainJoin, readRecording, startGradioServer } from "@spaceport/testkit/gradio";
import { expect, test } from "vitest";

import { closeStream, type FakedGradio, idInBytes, spaceEvents } from "../src/server/space-messages.ts";

/** What differs from call to call: the job's id, and times. */
function withoutFacts(text: string): string {
	return text
		.replaceAll(/[0-9a-f]{32}/g, idInBytes)
		.replaceAll(/("(?:rank_eta|eta|duration|average_duration)": ?)(?:[\d.e-]+|null)/g, "$10");
}

function faked(gradio: FakedGradio, question: string, system: string, tokens: readonly string[]): string {
	return withoutFacts(spaceEvents(gradio, question, system, tokens).join("") + closeStream[gradio]);
}

/** The pieces of an answer, from its states. */
function piecesOf(states: readonly string[]): string[] {
	return states.map((state, index) => state.slice(states[index - 1]?.length ?? 0));
}

test("differences are byte for byte those that a real Gradio 5.50.0 sent", async () => {
	const recording = await readRecording("5.50.0", "echo");
	const [question, , system] = recording.join.data as [string, unknown, string];
	const states = recording.steps.map((step) => (step[1] as [[string, string]])[0][1]);
	expect(states.length).toBeGreaterThan(4);
	expect(faked("5.50.0", question, system, piecesOf(states))).toBe(withoutFacts(new TextDecoder().decode(recording.bytes)));
});

const gradio = await gradioRequirement(["4.16.0"]);
test.skipIf(gradio.skip)("whole values are byte for byte those that a real Gradio 4.16.0 sends", async () => {
	await using server = await startGradioServer({ version: "4.16.0" });
	const client = await PlainClient.connect(server);
	const question = "echo id=bench: Un café, “naïve”, with a \\ in it.";
	const join: PlainJoin = {
		data: [question, [], "Be brief."],
		event_data: null,
		fn_index: client.functionIndex("model_chat"),
		trigger_id: 0,
		session_hash: "bench",
	};
	await client.join(join);
	const decoder = new TextDecoder();
	let sent = "";
	const states: string[] = [];
	const onBytes = (bytes: Uint8Array): void => {
		sent += decoder.decode(bytes, { stream: true });
	};
	for await (const { msg, output } of client.messages("bench", onBytes)) {
		if (msg !== "process_generating") continue;
		const [, [[, answer]]] = (output as { readonly data: [string, [[string, string]], string] }).data;
		states.push(answer);
	}
	expect(states.length).toBeGreaterThan(4);
	expect(faked("4.16.0", question, "Be brief.", piecesOf(states))).toBe(withoutFacts(sent));
});
