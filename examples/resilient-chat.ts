/**
 * Breaks the connection to the one who answers, in the middle of the answer, and lets the other one go on with it.
 *
 *     node --conditions=@spaceport/source examples/resilient-chat.ts
 *
 * Press the space bar while it writes: the Space that answers is started anew, and its connections break. Press it again, and the other one's break. `q` leaves.
 * Without a terminal, `--cut-after 200` does it after so many characters.
 *
 * Both Spaces are emulated, in this process, and asked over HTTP as real ones are. What they know is one story; asked to go on with it, they do as models do: a few
 * words of their own first, then the last words once more.
 */
import { parseArgs } from "node:util";

import { type AttemptRecord, createSpaceport, isSpaceportError } from "@spaceport/core";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";
import { type EmulatedFunction, GrowingText, startSpaceEmulator } from "@spaceport/testkit/emulator";

const { values } = parseArgs({ options: { "cut-after": { type: "string" }, "pace-ms": { type: "string", default: "60" } } });
const cutAfter = values["cut-after"] === undefined ? Infinity : Number(values["cut-after"]);
const paceMs = Number(values["pace-ms"]);
if (Number.isNaN(cutAfter) || Number.isNaN(paceMs)) {
	console.error("--cut-after and --pace-ms take numbers.");
	process.exit(2);
}

const story = `The lighthouse at Cape Merrow had two keepers, and neither had ever seen the other. Ada kept the lamp from dusk to midnight, Bram from midnight \
to dawn, and between them lay a staircase of two hundred steps and a rule that the light must never go out. When one of them was called away in the middle of a \
sentence in the logbook, the other took up the pen and wrote on from the very word where the ink had stopped.

One night the wind broke a pane, and the rain put out the lamp while Ada was writing: “Three ships in sight, the second of them”. Far below, Bram woke because it \
was dark. He climbed the stairs, lit the spare lamp, read the half line in the book, looked out over the water, and went on: “the second of them has turned towards \
the harbour, and all three are safe.”

In the morning the harbour master read the page. He found one hand of writing where there had been two, and a light that nobody had seen go out.`;

/** Tells the story from its beginning, or from where it stands in what the question and the turns before it say. */
const tell: EmulatedFunction = {
	inputs: ["textbox", "chatbot", "textbox"],
	outputs: ["textbox", "chatbot", "textbox"],
	async *run([question, history, system], context) {
		const earlier = (Array.isArray(history) ? history : []) as readonly unknown[];
		const said = [question, ...earlier.flat()].join("\n");
		let known = story.length;
		while (known > 0 && !said.includes(story.slice(0, known))) known -= 1;
		const isBegun = known > 20;
		const from = isBegun ? story.lastIndexOf(" ", known - 40) + 1 : 0;

		const answer = new GrowingText();
		const turns = [...earlier, ...context.turn(String(question), answer)];
		for (const word of [isBegun ? "Sure, here is the rest:\n\n" : "", ...story.slice(from).split(/(?<= )/)]) {
			await new Promise((resolve) => setTimeout(resolve, paceMs));
			if (context.signal.aborted) return;
			answer.append(word);
			yield ["", turns, system];
		}
	},
};

const functions = { model_chat: tell };
await using ada = await startSpaceEmulator({ functions });
await using bram = await startSpaceEmulator({ functions });
const spaces = { ada, bram };

const spaceport = createSpaceport({
	providers: { ada: createQwen2_72b({ baseUrl: ada.baseUrl }), bram: createQwen2_72b({ baseUrl: bram.baseUrl }) },
	chains: { default: ["ada", "bram"] },
	// It is what happens anyway; "fail" would end the answer where it broke.
	onInterruption: "continue",
});

let speaker: keyof typeof spaces = "ada";
/** The switch: whoever answers is gone for a moment, with all connections. */
function cut(): void {
	void spaces[speaker].restart();
}

/** What a terminal sends for it when it is read key by key. */
const ctrlC = "\u0003";
const controller = new AbortController();
if (process.stdin.isTTY) {
	console.error(dim("Space bar: break the connection of the one who answers. q: leave."));
	process.stdin.setRawMode(true).on("data", (keys: Buffer) => {
		const key = String(keys);
		if (key === "q" || key === ctrlC) controller.abort();
		else if (key === " " || key === "\r") cut();
	});
}

let length = 0;
const stream = spaceport.stream(
	{ messages: "Tell me the story of the two keepers." },
	{
		signal: controller.signal,
		onEvent(event) {
			if (event.type === "attempt-start") speaker = event.provider as keyof typeof spaces;
		},
	},
);
try {
	for await (const chunk of stream) {
		if (chunk.type === "seam") process.stderr.write(dim(`⟨${chunk.to} goes on⟩`));
		if (chunk.type !== "text-delta") continue;
		process.stdout.write(chunk.text);
		if (length < cutAfter && length + chunk.text.length >= cutAfter) cut();
		length += chunk.text.length;
	}
	process.stdout.write("\n");
	const { text, attempts } = await stream.completion;
	tellHow(attempts);
	console.error(dim(text === story ? "Not a letter is missing, and none stands there twice." : "It is not the whole story."));
} catch (error) {
	process.stdout.write("\n");
	if (!isSpaceportError(error)) throw error;
	if (error.code !== "aborted") console.error([error.message, error.hint].filter(Boolean).join("\n"));
	process.exitCode = 1;
} finally {
	if (process.stdin.isTTY) process.stdin.setRawMode(false).pause();
}

function tellHow(attempts: readonly AttemptRecord[]): void {
	for (const { number, provider, error, durationMs } of attempts) {
		console.error(dim(`${number}. ${provider}: ${error === undefined ? "answered" : error.message} (${Math.round(durationMs)} ms)`));
	}
}

function dim(text: string): string {
	return process.stderr.isTTY ? `\u001b[2m${text}\u001b[22m` : text;
}
