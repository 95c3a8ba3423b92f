import type { ChatMessage } from "@spaceport/core";
import { providerConformance } from "@spaceport/testkit";
import {
	type GradioServer,
	type GradioServerOptions,
	type GradioVersion,
	gradioRequirement,
	startGradioServer,
} from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type ChatSpaceOptions, createSpaceProvider } from "../src/index.ts";
import { collect, failure, textOf } from "./support/collect.ts";

/** A real Space that no provider was written for. */
interface ChatApp extends Omit<GradioServerOptions, "version"> {
	readonly versions: readonly GradioVersion[];
	/** Whether the function gets the earlier turns as its history; otherwise they stand in the message. */
	readonly native: (version: GradioVersion) => boolean;
	/** Inputs for system prompt, temperature and number of tokens. */
	readonly settings?: readonly string[];
	readonly api?: string;
	/** A question and its answer, slow enough to be left midway, for the versions that the conformance suite is run on. */
	readonly conformance?: { readonly on: GradioVersion; readonly prompt: string; readonly expectedText: string };
	/** What the app answers with what it got. @default "received" */
	readonly question?: string;
}

const always = (): boolean => true;
const never = (): boolean => false;
/** Before that a ChatInterface keeps its history in a State that no client can fill. */
const isCurrent = (version: GradioVersion): boolean => /^(?:4\.44|[56]\.)/.test(version);

const apps: Readonly<Record<string, ChatApp>> = {
	"a twin of Qwen2-72B-Instruct": {
		versions: ["4.44.1"],
		native: always,
		question: "history",
		conformance: {
			on: "4.44.1",
			prompt: "echo ms=10: once upon a time there was a server",
			expectedText: "once upon a time there was a server",
		},
	},
	"a ChatInterface": { app: "chat-interface", versions: ["4.16.0", "5.0.2"], native: isCurrent },
	"a ChatInterface of messages": { app: "chat-interface", chatbot: "messages", versions: ["4.44.1", "5.50.0"], native: always },
	"a ChatInterface with more inputs": {
		app: "chat-interface",
		variant: "inputs",
		versions: ["3.50.2", "4.0.2", "4.44.1", "5.0.2", "5.50.0", "6.31.0"],
		native: isCurrent,
		settings: ["system", "temperature", "max_tokens"],
		conformance: { on: "6.31.0", prompt: "slow and steady wins the race", expectedText: "You asked: slow and steady wins the race" },
	},
	"a multimodal ChatInterface": { app: "chat-interface", variant: "multimodal", versions: ["4.44.1", "6.31.0"], native: always },
	"a ChatInterface that answers at once": { app: "chat-interface", variant: "whole", versions: ["5.50.0"], native: always },
	"parts with four sliders": {
		app: "blocks-chat",
		variant: "sliders",
		versions: ["3.50.2", "4.16.0", "5.50.0"],
		native: always,
		settings: ["temperature", "max_tokens"],
		conformance: { on: "5.50.0", prompt: "slow and steady wins the race", expectedText: "You asked: slow and steady wins the race" },
	},
	"parts in another order": {
		app: "blocks-chat",
		variant: "system_first",
		versions: ["4.44.1", "6.31.0"],
		native: always,
		settings: ["system", "temperature"],
	},
	"a history in, and a text out": { app: "blocks-chat", variant: "answer", versions: ["4.44.1"], native: always, settings: ["system"] },
	"a list of messages": { app: "blocks-chat", variant: "messages", versions: ["3.50.2", "6.31.0"], native: always },
	"an Interface of text to text": { app: "blocks-chat", variant: "textbox", versions: ["3.50.2", "6.31.0"], native: never },
	"a function without a name": { app: "blocks-chat", variant: "unnamed", versions: ["3.50.2", "6.31.0"], native: always },
	"one of two chats, by its name": { app: "blocks-chat", variant: "two", versions: ["5.50.0"], native: always, api: "/chat_large" },
	"a first function and a second one": { app: "recipe", versions: ["3.50.2", "4.44.1", "6.31.0"], native: always, api: "bot" },
	"a first function that fills a State": { app: "recipe", versions: ["5.50.0"], native: always, api: "/agent_run" },
};

const earlier: readonly ChatMessage[] = [
	{ role: "user", content: "My name is Ada." },
	{ role: "assistant", content: "Hello, Ada." },
];

for (const [what, { versions, native, settings = [], api, question = "received", conformance, ...options }] of Object.entries(apps)) {
	for (const version of versions) {
		const gradio = await gradioRequirement([version]);
		describe.skipIf(gradio.skip)(`${what}, on Gradio ${version}`, () => {
			const server = useServer({ ...options, version });
			const ask = async (messages: string | readonly ChatMessage[], more: object = {}): Promise<string> => {
				const given: ChatSpaceOptions = api === undefined ? {} : { api };
				const warnings: string[] = [];
				const provider = createSpaceProvider(server().baseUrl, given);
				const text = textOf(await collect(provider.createAsyncGenerator({ messages, ...more }, { warn: (said) => warnings.push(said) })));
				expect(warnings).toEqual([]);
				return text;
			};

			test("answers", async () => {
				expect(await ask("a b c")).toBe("You asked: a b c");
			});

			test("gets the conversation", async () => {
				const received = await ask([...earlier, { role: "user", content: question }]).then((text) =>
					native(version) ? JSON.parse(text) : text,
				);
				if (native(version)) {
					expect(
						JSON.stringify(received.message ?? received.query ?? received.task?.question ?? received.history ?? received.messages),
					).toContain(question);
					const history = JSON.stringify(received.history ?? received.messages);
					for (const { content } of earlier) expect(history).toContain(content);
					expect(JSON.stringify(received.message ?? received.query ?? "")).not.toContain("Ada");
				} else for (const { content } of earlier) expect(received).toContain(content);
			});

			if (conformance?.on === version) {
				describe("passes the conformance suite", () => {
					const subject = { ...conformance, create: () => createSpaceProvider(server().baseUrl) };
					for (const { name, run } of providerConformance(subject)) test(name, run);
				});
			}

			if (settings.length === 0) return;
			test("gets what the request sets, and keeps its defaults otherwise", async () => {
				const asked = { system: "Be brief.", temperature: 0.5, maxTokens: 100 };
				const wanted: Record<string, unknown> = { system: "Be brief.", temperature: 0.5, max_tokens: 100 };
				const own: Record<string, unknown> = { system: "You are a helpful assistant.", temperature: 0.7, max_tokens: 512 };
				const pick = (from: Record<string, unknown>): object => Object.fromEntries(settings.map((name) => [name, from[name]]));
				const more = Object.fromEntries(
					Object.entries(asked).filter(([name]) => settings.includes(name === "maxTokens" ? "max_tokens" : name)),
				);
				expect(JSON.parse(await ask("received", more))).toMatchObject(pick(wanted));
				expect(JSON.parse(await ask("received"))).toMatchObject(pick(own));
			});
		});
	}
}

const refused: Readonly<Record<string, Omit<GradioServerOptions, "version"> & { readonly words: RegExp }>> = {
	"an app that makes images": { app: "image", words: /No chat was recognised in http.*: \/infer\(.*\) makes images\./ },
	"an app with two chats": {
		app: "blocks-chat",
		variant: "two",
		words: /several functions fit equally: \/chat_small\(.*\) and \/chat_large\(/,
	},
};

for (const [what, { words, ...options }] of Object.entries(refused)) {
	for (const version of ["4.44.1", "6.31.0"] as const) {
		const gradio = await gradioRequirement([version]);
		describe.skipIf(gradio.skip)(`${what}, on Gradio ${version}`, () => {
			const server = useServer({ ...options, version });
			test("is refused in words, and nothing of it is called", async () => {
				const error = await failure(createSpaceProvider(server().baseUrl).createAsyncGenerator({ messages: "a cat" }));
				expect(error).toMatchObject({ code: "unsupported", capability: "chat-space", message: expect.stringMatching(words) });
				expect(server().readLog()).toEqual([]);
			});
		});
	}
}

function useServer(options: GradioServerOptions): () => GradioServer {
	let server: GradioServer | undefined;
	beforeAll(async () => {
		server = await startGradioServer(options);
	});
	afterAll(() => server?.stop());
	return () => server as GradioServer;
}
