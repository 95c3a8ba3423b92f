import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { prepareEnvironment } from "../machine/python-environment.ts";
import { startServerProcess } from "../machine/server-process.ts";
import type { ChatServer } from "./chat-server.ts";
import { serverEnvironment } from "./server-environment.ts";
import { chatServerPins, openAIFile } from "./servers.ts";

/** How to start llama.cpp's server. */
export interface LlamaServerOptions {
	/** The path of the GGUF file. */
	readonly weights: string;
	/** What the model is called. @default "smollm2-135m-instruct" */
	readonly model?: string;
	/** The key that it wants. @default "sk-llama-key" */
	readonly apiKey?: string;
	/** How many requests are computed at once; others wait. @default 4 */
	readonly slots?: number;
	/** How many tokens a conversation may have; all slots share the memory of one. @default 2048 */
	readonly contextTokens?: number;
	/** Threads that compute. @default 1 */
	readonly threads?: number;
	/**
	 * `tools`: a template by which a ChatML model calls tools, which llama.cpp forces by a grammar where `tool_choice` is `required`. `own`: the model's.
	 * @default "own"
	 */
	readonly chatTemplate?: "tools" | "own";
	/** Milliseconds until a server that does not answer is an error. @default 60000 */
	readonly startTimeoutMs?: number;
}

/** What a slot of the server is doing. */
export interface LlamaSlot {
	readonly id: number;
	readonly isBusy: boolean;
}

/** llama.cpp's own HTTP server on this machine: chats and embeddings. It ends when this process ends, however that happens. */
export interface LlamaServer extends ChatServer {
	readonly model: string;
	/** What its slots do at this moment. */
	slots(): Promise<readonly LlamaSlot[]>;
	/** Tokens that it has generated since its start, for all requests together. */
	generatedTokens(): Promise<number>;
}

/**
 * Starts llama.cpp's server, and resolves once it answers. Makes its virtual environment where it is not in the cache: ask {@link chatServerRequirement} first.
 *
 * @example
 * ```ts
 * import { startLlamaServer } from "@spaceport/testkit/openai";
 *
 * await using server = await startLlamaServer({ weights: "/models/SmolLM2-135M-Instruct.Q4_1.gguf" });
 * console.log(server.baseUrl, await server.slots());
 * ```
 *
 * @throws Error with what it printed where it does not start
 */
export async function startLlamaServer(options: LlamaServerOptions): Promise<LlamaServer> {
	const { model = "smollm2-135m-instruct", apiKey = "sk-llama-key", chatTemplate = "own", startTimeoutMs = 60_000 } = options;
	const pins = chatServerPins("llama");
	const { python } = await prepareEnvironment(pins);
	const settings = {
		weights: options.weights,
		model,
		apiKey,
		slots: options.slots ?? 4,
		contextTokens: options.contextTokens ?? 2048,
		threads: options.threads ?? 1,
		...(chatTemplate === "tools" ? { chatTemplate: openAIFile("chat-template.jinja") } : {}),
	};
	const server = await startServerProcess({
		title: pins.title,
		command: python,
		args: [openAIFile("llama.py")],
		folder: await mkdtemp(join(tmpdir(), "spaceport-llama-")),
		env: serverEnvironment({ CHAT_SERVER_OPTIONS: JSON.stringify(settings) }),
		ready: /^SERVER READY (\S+)$/m,
		startTimeoutMs,
	});
	const ask = async (path: string): Promise<Response> => {
		const response = await fetch(`${server.ready}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
		if (!response.ok) throw new Error(`${pins.title} answered ${response.status} to ${path}: ${await response.text()}`);
		return response;
	};
	return {
		baseUrl: `${server.ready}/v1`,
		apiKey,
		model,
		output: server.output,
		slots: async () => {
			const slots = (await (await ask("/slots")).json()) as readonly { readonly id: number; readonly is_processing: boolean }[];
			return slots.map(({ id, is_processing }) => ({ id, isBusy: is_processing }));
		},
		generatedTokens: async () => {
			const found = /^llamacpp:tokens_predicted_total (\d+)/m.exec(await (await ask("/metrics")).text());
			if (found === null) throw new Error(`${pins.title} does not tell how many tokens it has generated`);
			return Number(found[1]);
		},
		stop: () => server.stop(),
		[Symbol.asyncDispose]: () => server.stop(),
	};
}
