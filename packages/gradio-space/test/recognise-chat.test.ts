import { describe, expect, test } from "vitest";

import type { ChatFunction } from "../src/chat/chat-function.ts";
import type { ChatInput, ChatPlan } from "../src/chat/chat-plan.ts";
import { wordsOf } from "../src/chat/input-roles.ts";
import { recogniseChat } from "../src/chat/recognise-chat.ts";
import { fn } from "./support/chat-functions.ts";

function shortInput(input: ChatInput): string {
	switch (input.kind) {
		case "message":
			return input.multimodal ? "message and files" : "message";
		case "system":
			return `system or ${JSON.stringify(input.value)}`;
		case "setting":
			return `${input.setting} or ${JSON.stringify(input.value)}`;
		case "output":
			return `output ${input.index} of call ${input.call}`;
		case "media":
			return `${input.accepts.join(" or ")} or null`;
		case "value":
			return JSON.stringify(input.value);
		default:
			return input.kind;
	}
}

function shortPlan({ calls, answer }: ChatPlan): string[] {
	return [...calls.map(({ api, inputs }) => `${api}(${inputs.map(shortInput).join(", ")})`), `${answer.kind} ${answer.index}`];
}

function planned(functions: readonly ChatFunction[], apis?: readonly string[]): string[] {
	const found = recogniseChat(functions, apis);
	if ("refusal" in found) expect.fail(found.refusal);
	return shortPlan(found.plan);
}

function refused(functions: readonly ChatFunction[], apis?: readonly string[]): string {
	const found = recogniseChat(functions, apis);
	if ("plan" in found) expect.fail(`took ${shortPlan(found.plan).join("; ")}`);
	return found.refusal;
}

describe("a chat", () => {
	test.each<[what: string, functions: ChatFunction[], plan: string[]]>([
		["ChatInterface", [fn('/chat(message: textbox, state) -> (json "Response", state)')], ["/chat(message, null)", "text 0"]],
		[
			"the official template of a Space",
			[
				fn(
					'/respond(message: textbox, state, system_message: textbox "System message" = "You are a friendly Chatbot.", max_tokens: slider "Max new tokens" = 512, temperature: slider "Temperature" = 0.7, top_p: slider "Top-p (nucleus sampling)" = 0.95) -> (json "Response", state)',
					{ generator: true },
				),
			],
			['/respond(message, null, system or "You are a friendly Chatbot.", maxTokens or 512, temperature or 0.7, topP or 0.95)', "text 0"],
		],
		[
			"the demo of a Llama, on Gradio 3, which tells no names",
			[
				fn(
					'/chat(textbox "Message", state, textbox "System prompt" = "Be good.", slider "Max new tokens" = 1024, slider "Temperature" = 0.1, slider "Top-p (nucleus sampling)" = 0.95, slider "Top-k" = 50) -> (textbox "Message", state)',
				),
			],
			['/chat(message, null, system or "Be good.", maxTokens or 1024, temperature or 0.1, topP or 0.95, 50)', "text 0"],
		],
		[
			"Qwen's demo, which the page sets off in two ways",
			[
				fn('/model_chat(query: textbox "Input", history: chatbot, system: textbox = "S") -> (textbox "Input", chatbot, textbox)'),
				fn('/model_chat_1(query: textbox "Input", history: chatbot, system: textbox = "S") -> (textbox "Input", chatbot, textbox)', {
					fnIndex: 1,
				}),
				fn('/clear_session() -> (textbox "Input", chatbot)', { fnIndex: 2 }),
				fn('/modify_system_session(system: textbox = "S") -> (textbox, textbox, chatbot)', { fnIndex: 3 }),
			],
			['/model_chat(message, history, system or "S")', "chatbot 1"],
		],
		[
			"a model to choose, and a seed",
			[
				fn(
					'/respond(model: dropdown = "large", seed: number "Seed" = 0, randomize_seed: checkbox "Randomize seed" = true, history: chatbot, user_input: textbox) -> (chatbot)',
				),
			],
			['/respond("large", seed or 0, random-seed, history, message)', "chatbot 0"],
		],
		[
			"a textbox, a State and a Chatbot that only shows",
			[fn("/predict(input: textbox, state) -> (chatbot, state)")],
			["/predict(message, null)", "chatbot 0"],
		],
		[
			"ChatGLM's demo",
			[
				fn(
					'/predict(textbox, chatbot, slider "Maximum length" = 2048, slider "Top P" = 0.7, slider "Temperature" = 0.95, state) -> (chatbot, state)',
				),
				fn("/reset_user_input() -> (textbox)", { fnIndex: 1 }),
			],
			["/predict(message, history, maxTokens or 2048, topP or 0.7, temperature or 0.95, null)", "chatbot 0"],
		],
		[
			"Falcon's demo, whose instructions are the system prompt",
			[
				fn(
					'/run_chat(message: textbox "Click to chat", chat_history: chatbot, instructions: textbox = "The following is a conversation", user_name: textbox = "User", bot_name: textbox = "Falcon") -> (chatbot)',
				),
			],
			['/run_chat(message, history, system or "The following is a conversation", "User", "Falcon")', "chatbot 0"],
		],
		[
			"a MultimodalTextbox",
			[fn('/chat(message: multimodaltextbox = {"text":"","files":[]}, history: chatbot) -> (multimodaltextbox, chatbot)')],
			["/chat(message and files, history)", "chatbot 1"],
		],
		[
			"an instruction and an input, as Alpaca's demo",
			[fn('/evaluate(instruction: textbox, input: textbox, temperature: slider = 0.1) -> (textbox "Output")', { generator: true })],
			['/evaluate(message, "", temperature or 0.1)', "text 0"],
		],
		["an Interface of text to text", [fn('/predict(prompt: textbox) -> (textbox "output")')], ["/predict(message)", "text 0"]],
		["a list of messages", [fn("/chat(messages: json) -> (textbox)")], ["/chat(messages)", "text 0"]],
		[
			"a voice that reads the answer",
			[fn("/respond(message: textbox, history: chatbot) -> (chatbot, audio)")],
			["/respond(message, history)", "chatbot 0"],
		],
		[
			"a picture that may be asked about",
			[fn("/chat(image: image, message: textbox, history: chatbot) -> (textbox, chatbot)")],
			["/chat(image or null, message, history)", "chatbot 1"],
		],
		[
			"Chinese labels",
			[fn('/f(textbox "系统提示" = "你是", textbox "输入", chatbot) -> (chatbot)')],
			['/f(system or "你是", message, history)', "chatbot 0"],
		],
		[
			"nothing named, as the page has it",
			[fn("/model_chat(textbox, chatbot, textbox) -> (textbox, chatbot, textbox)")],
			['/model_chat(message, history, "")', "chatbot 1"],
		],
	])("is recognised: %s", (_, functions, plan) => {
		expect(planned(functions)).toEqual(plan);
	});

	test("is taken before everything else that an app has", () => {
		const functions = [
			fn("/infer(prompt: textbox) -> (image)"),
			fn("/translate(text: textbox) -> (textbox)", { fnIndex: 1 }),
			fn("/regenerate(message: textbox, history: chatbot) -> (chatbot)", { fnIndex: 2 }),
			fn("/ask(question: textbox, history: chatbot) -> (chatbot)", { fnIndex: 3 }),
		];
		expect(planned(functions)[0]).toBe("/ask(message, history)");
	});

	test("is documented before it is not", () => {
		const functions = [
			fn("/inner(message: textbox, history: chatbot) -> (chatbot)", { undocumented: true }),
			fn("/predict(prompt: textbox) -> (textbox)", { fnIndex: 1 }),
		];
		expect(planned(functions)[0]).toBe("/inner(message, history)");
		expect(planned([...functions, fn("/chat(message: textbox, history: chatbot) -> (chatbot)", { fnIndex: 2 })])[0]).toBe(
			"/chat(message, history)",
		);
	});

	test("without a name is called by its number, with what it takes checked", () => {
		const found = recogniseChat([fn("(message: textbox, history: chatbot) -> (chatbot)", { fnIndex: 7, triggerId: 3 })]);
		expect("plan" in found && found.plan.calls[0]).toMatchObject({
			fallback: { fnIndex: 7, triggerId: 3, parameters: ["textbox", "chatbot"] },
		});
	});
});

describe("a chat of several functions", () => {
	const user = fn("/user(user_message: textbox#1, history: chatbot#2) -> (textbox#1, chatbot#2)", { fnIndex: 4, unqueued: true });
	const bot = fn("/bot(history: chatbot#2) -> (chatbot#2)", { fnIndex: 5, after: 4, generator: true });

	test("is called as the page calls it", () => {
		const plan = ["/user(message, history)", "/bot(output 1 of call 0)", "chatbot 0"];
		expect(planned([user, bot])).toEqual(plan);
		expect(planned([{ ...user, unqueued: undefined } as unknown as ChatFunction, bot])).toEqual(plan);
		// With a second way to set it off.
		expect(planned([user, bot, { ...user, name: "/user_1", fnIndex: 6 }, { ...bot, name: "/bot_1", fnIndex: 7, after: 6 }])).toEqual(plan);
	});

	test("is meant by the name of either", () => {
		for (const apis of [["/user"], ["bot"], ["user", "bot"]]) expect(planned([user, bot], apis)[1]).toBe("/bot(output 1 of call 0)");
	});

	test("is told by its looks where the Space does not say what follows", () => {
		const plain = (each: ChatFunction): ChatFunction => ({ ...each, after: undefined });
		expect(planned([plain(user), plain(bot)])).toEqual(["/user(message, history)", "/bot(output 1 of call 0)", "chatbot 0"]);
	});

	test("gets what the request sets in whichever of them takes it", () => {
		const slow = fn('/bot(history: chatbot#2, temperature: slider "Temperature" = 1, system: textbox = "S") -> (chatbot#2)', {
			fnIndex: 5,
			after: 4,
		});
		expect(planned([user, slow])).toEqual([
			"/user(message, history)",
			'/bot(output 1 of call 0, temperature or 1, system or "S")',
			"chatbot 0",
		]);
	});

	test("may keep the message in a State", () => {
		const functions = [
			fn("/save(message: textbox#1) -> (textbox#1, state#9)", { fnIndex: 0, unqueued: true }),
			fn("/show(state#9, history: chatbot#2) -> (chatbot#2)", { fnIndex: 1, after: 0, unqueued: true }),
			fn("/stream(state#9, history: chatbot#2) -> (chatbot#2)", { fnIndex: 2, after: 1, generator: true }),
		];
		expect(planned(functions)).toEqual(["/save(message)", "/show(null, history)", "/stream(null, output 0 of call 1)", "chatbot 0"]);
	});
});

describe("a history in a State that the page fills", () => {
	const chat = fn('/respond(message: textbox#1, state#16, temperature: slider "Temperature" = 1) -> (json#15 "Response", state#16)', {
		fnIndex: 6,
	});

	test("is filled where there are earlier turns", () => {
		const found = recogniseChat([
			chat,
			fn("/lambda(x: chatbot#9) -> (state#16, state#17)", { fnIndex: 3, undocumented: true, unqueued: true }),
		]);
		const plan = "plan" in found ? found.plan : expect.fail(found.refusal);
		expect(shortPlan(plan)).toEqual(["/respond(message, null, temperature or 1)", "text 0"]);
		expect(plan.withHistory && shortPlan(plan.withHistory)).toEqual([
			"/lambda(history)",
			"/respond(message, null, temperature or 1)",
			"text 0",
		]);
		expect(plan.withHistory?.chatbot).toEqual({ type: "chatbot", props: {} });
	});

	test("is not, where the function fills another one", () => {
		const found = recogniseChat([chat, fn("/lambda(x: chatbot#9) -> (state#21)", { fnIndex: 3, undocumented: true })]);
		expect("plan" in found && found.plan.withHistory).toBeUndefined();
	});
});

describe("what is no chat is refused in words", () => {
	test.each<[words: string, functions: ChatFunction[]]>([
		["/infer(prompt: textbox, seed: slider) makes images.", [fn("/infer(prompt: textbox, seed: slider = 0) -> (image, slider)")]],
		["/infer(prompt: textbox) makes images.", [fn("/infer(prompt: textbox) -> (gallery, textbox)")]],
		["/speak(text: textbox, voice: dropdown) makes sound.", [fn('/speak(text: textbox, voice: dropdown = "a") -> (audio)')]],
		["/predict(text: textbox) sorts into classes.", [fn("/predict(text: textbox) -> (label)")]],
		["/transcribe(audio: audio) takes no message.", [fn("/transcribe(audio: audio) -> (textbox)")]],
		[
			"/translate(text: textbox, to: dropdown) takes a text and gives a text, and is something else by its name.",
			[fn("/translate(text: textbox, to: dropdown) -> (textbox)")],
		],
		[
			"/predict(text: textbox, source: dropdown) takes a text and gives a text, and nothing says that it is a chat.",
			[fn('/predict(text: textbox, source: dropdown = "en") -> (textbox)')],
		],
		...["Stable Diffusion prompt", "Results", "Story", "Lyrics", "Generated SQL"].map((label): [string, ChatFunction[]] => [
			"/generate(prompt: textbox) takes a text and gives a text, and is something else by its name.",
			[fn(`/generate(prompt: textbox) -> (textbox "${label}")`)],
		]),
		['/greet(name: textbox) takes "name", which is no message.', [fn("/greet(name: textbox) -> (textbox)")]],
		[
			"/remember(message: textbox) takes a text and gives a text, and nothing says that it is a chat.",
			[fn("/remember(message: textbox, state) -> (textbox, state)")],
		],
		["/predict(text: textbox) takes a text and gives data.", [fn("/predict(text: textbox) -> (json)")]],
		[
			"/answer(image: image, question: textbox) is asked about an image, a sound or a file.",
			[fn("/answer(image: image, question: textbox) -> (textbox)")],
		],
		[
			"/predict(key: textbox, message: textbox, history: chatbot) wants a secret of yours (OpenAI API key).",
			[fn('/predict(key: textbox "OpenAI API key", message: textbox, history: chatbot) -> (chatbot)')],
		],
		[
			"/both(message: textbox, a: chatbot, b: chatbot) shows several chats at once.",
			[fn("/both(message: textbox, a: chatbot, b: chatbot) -> (chatbot, chatbot)")],
		],
		[
			'/f(question: textbox, query: textbox, history: chatbot) has two inputs that could be the message, "question" and "query".',
			[fn("/f(question: textbox, query: textbox, history: chatbot) -> (chatbot)")],
		],
		[
			"several functions fit equally: /chat_small(message: textbox, history: chatbot) and /chat_large(message: textbox, history: chatbot).",
			[
				fn("/chat_small(message: textbox, history: chatbot) -> (chatbot)"),
				fn("/chat_large(message: textbox, history: chatbot) -> (chatbot)", { fnIndex: 1 }),
			],
		],
		["it has no functions that can be called.", []],
	])("%s", (words, functions) => {
		expect(refused(functions)).toBe(words);
	});

	test("with each function, and no more than a few", () => {
		const functions = Array.from({ length: 9 }, (_, index) => fn(`/draw_${index}x(prompt: textbox) -> (image)`, { fnIndex: index }));
		expect(refused(functions)).toMatch(/^\/draw_0x\(prompt: textbox\) makes images; .* makes images; 3 more\.$/);
	});
});

describe("the caller's word", () => {
	const two = [
		fn("/chat_small(message: textbox, history: chatbot) -> (chatbot)"),
		fn("/chat_large(message: textbox, history: chatbot) -> (chatbot)", { fnIndex: 1 }),
	];

	test("narrows what is looked at", () => {
		expect(planned(two, ["chat_large"])[0]).toBe("/chat_large(message, history)");
		expect(planned(two, ["/gone", "/chat_small"])[0]).toBe("/chat_small(message, history)");
	});

	test("makes a chat of what does not look like one", () => {
		expect(planned([fn("/translate(text: textbox, to: dropdown) -> (textbox)")], ["/translate"])[0]).toBe("/translate(message, null)");
		expect(planned([fn("/clear_and_ask(text: textbox, h: chatbot) -> (chatbot)")], ["/clear_and_ask"])[0]).toBe(
			"/clear_and_ask(message, history)",
		);
	});

	test("does not make one of what cannot be", () => {
		expect(refused([fn("/infer(prompt: textbox) -> (image)")], ["/infer"])).toBe("/infer(prompt: textbox) makes images.");
		expect(refused(two, ["/chat"])).toBe("it has no function /chat. It has /chat_small and /chat_large.");
	});
});

describe("a Space that says a lot", () => {
	test("has each of its functions looked at a few times, however many there are", () => {
		let looks = 0;
		const functions = Array.from({ length: 300 }, (_, fnIndex) => {
			const { parameters, ...rest } = fn(`/bot${fnIndex}(history: chatbot) -> (chatbot)`, { fnIndex });
			const look = (): ChatFunction["parameters"] => {
				looks += 1;
				return parameters;
			};
			return Object.defineProperty(rest, "parameters", { enumerable: true, get: look }) as ChatFunction;
		});
		recogniseChat(functions);
		expect(looks).toBeLessThan(functions.length * 20);
	});

	test("has only the beginning of a long label looked at", () => {
		for (const words of wordsOf({ name: "x", label: "input ".repeat(10_000) })) expect(words.length).toBeLessThanOrEqual(200);
	});
});
