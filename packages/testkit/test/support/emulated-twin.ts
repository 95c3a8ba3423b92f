import { type CallContext, type EmulatedFunction, GradioError } from "../../src/emulator/index.ts";

type Values = readonly unknown[];

/** What the twin app says to a question (`gradio/twin.py` has the language; this is a part of it), as earlier turns and the text of the present one. */
function* steps(query: string, context: CallContext): Generator<{ earlier: readonly [string, string][]; text: string }, void, void> {
	const [, verb = "", options = "", said = ""] = /^\s*([a-z]+)((?:\s+[a-z]+=[^\s:]+)*)\s*(?::[ ]?(.*))?$/s.exec(query) ?? [];
	const after = Number(/after=(\d+)/.exec(options)?.[1] ?? 0);
	const growing = (pieces: readonly string[]): string[] => pieces.map((_, index) => pieces.slice(0, index + 1).join(""));
	const say = (texts: readonly string[]): { earlier: []; text: string }[] => texts.map((text) => ({ earlier: [], text }));
	const words = Array.from({ length: after }, (_, index) => `word ${index + 1} `);
	switch (verb) {
		case "echo":
			yield* say(growing(said.match(/\s*\S+|\s+$/g) ?? []));
			return;
		case "same":
			yield* say(["said ", "said ", "said twice", "said twice"]);
			return;
		case "fail":
			yield* say(growing(words));
			throw new GradioError(said);
		case "crash":
			yield* say(growing(words));
			throw new Error(said);
		case "log":
			context.log("the model is warm");
			yield { earlier: [], text: "warm " };
			context.log("the answer is short", "warning");
			yield { earlier: [], text: "warm and short" };
			return;
		case "shrink": {
			const earlier = [1, 2, 3, 4].map((turn): [string, string] => [`question ${turn}`, `answer ${turn}`]);
			yield { earlier, text: "Too" };
			yield { earlier: earlier.slice(1), text: "Too long" };
			yield { earlier: earlier.slice(1), text: "Too long a history" };
			yield { earlier: earlier.slice(3), text: "Too long a history was" };
			yield { earlier: [], text: "Too long a history was forgotten." };
			return;
		}
	}
}

/** Goes on until it is closed, a word each 20 ms. */
async function* endless(query: string, context: CallContext, closed: (query: string) => void): AsyncGenerator<Values, void, void> {
	try {
		for (let text = "tick "; ; text += "tick ") {
			yield ["", context.turn(query, text), "system"];
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	} finally {
		closed(query);
	}
}

/**
 * The functions of the twin app that tests compare, for the emulator.
 *
 * @param closed is told the question of an endless answer whose generator was closed
 */
export function emulatedTwin(closed: (query: string) => void = () => undefined): Record<string, EmulatedFunction> {
	const plain: EmulatedFunction = { inputs: ["textbox"], outputs: ["textbox"], run: ([text]) => [`plain: ${String(text)}`] };
	return {
		model_chat: {
			inputs: ["textbox", "chatbot", "textbox"],
			outputs: ["textbox", "chatbot", "textbox"],
			run: async function* ([query, history, system], context) {
				if (String(query).startsWith("endless")) return yield* endless(String(query), context, closed);
				for (const { earlier, text } of steps(String(query), context)) {
					const turns = [...earlier, [String(query), text] as const].flatMap(([user, bot]) => context.turn(user, bot));
					yield ["", [...(history as unknown[]), ...turns], system];
				}
			},
		},
		text_stream: {
			inputs: ["textbox"],
			outputs: ["textbox"],
			run: function* ([query], context) {
				for (const { text } of steps(String(query), context)) yield [text];
			},
		},
		plain,
		fail_at_once: {
			...plain,
			run: ([text]) => {
				throw new GradioError(String(text));
			},
		},
		crash_at_once: {
			...plain,
			run: ([text]) => {
				throw new Error(String(text));
			},
		},
		unqueued: { ...plain, queue: false },
		json_values: {
			inputs: ["textbox"],
			outputs: ["json"],
			run: function* ([values]) {
				for (const value of JSON.parse(String(values)) as unknown[]) yield [value];
			},
		},
		count: { inputs: ["state"], outputs: ["textbox", "state"], run: ([count]) => [String(Number(count ?? 0) + 1), Number(count ?? 0) + 1] },
	};
}
