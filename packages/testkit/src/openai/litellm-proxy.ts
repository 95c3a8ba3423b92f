import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort } from "../machine/free-port.ts";
import { prepareEnvironment } from "../machine/python-environment.ts";
import { startServerProcess } from "../machine/server-process.ts";
import type { ChatServer } from "./chat-server.ts";
import { serverEnvironment } from "./server-environment.ts";
import { chatServerPins, openAIFile } from "./servers.ts";

/** How to start LiteLLM's proxy. */
export interface LiteLlmProxyOptions {
	/** The server that it stands before. */
	readonly upstream: Pick<ChatServer, "baseUrl" | "apiKey">;
	/** The models that it offers, by the names that they have there. */
	readonly models: readonly string[];
	/** The key that it wants. @default "sk-litellm-master-key" */
	readonly masterKey?: string;
	/** Milliseconds until a proxy that does not answer is an error: it imports for long. @default 120000 */
	readonly startTimeoutMs?: number;
}

/**
 * Starts LiteLLM's proxy before another server, and resolves once it answers. Makes its virtual environment where it is not in the cache: ask
 * {@link chatServerRequirement} first. It ends when this process ends, however that happens.
 *
 * @example
 * ```ts
 * import { startLiteLlmProxy, startLlamaServer } from "@spaceport/testkit/openai";
 *
 * await using llama = await startLlamaServer({ weights: "/models/SmolLM2-135M-Instruct.Q4_1.gguf" });
 * await using proxy = await startLiteLlmProxy({ upstream: llama, models: [llama.model] });
 * console.log(proxy.baseUrl);
 * ```
 *
 * @throws Error with what it printed where it does not start
 */
export async function startLiteLlmProxy(options: LiteLlmProxyOptions): Promise<ChatServer> {
	const { upstream, models, masterKey = "sk-litellm-master-key", startTimeoutMs = 120_000 } = options;
	const pins = chatServerPins("litellm");
	const { python } = await prepareEnvironment(pins);
	const folder = await mkdtemp(join(tmpdir(), "spaceport-litellm-"));
	const config = {
		model_list: models.map((model) => ({
			model_name: model,
			litellm_params: { model: `openai/${model}`, api_base: upstream.baseUrl, api_key: upstream.apiKey },
		})),
		// It is the caller's chain that tries again.
		litellm_settings: { telemetry: false, num_retries: 0 },
		router_settings: { num_retries: 0, disable_cooldowns: true },
		general_settings: { master_key: masterKey },
	};
	// JSON is YAML.
	const path = join(folder, "config.yaml");
	await writeFile(path, JSON.stringify(config));
	const server = await startServerProcess({
		title: pins.title,
		command: python,
		args: [openAIFile("litellm_proxy.py"), path, String(await freePort())],
		folder,
		env: serverEnvironment({ LITELLM_LOCAL_MODEL_COST_MAP: "True", LITELLM_MODE: "PRODUCTION", DISABLE_ADMIN_UI: "True" }),
		ready: /Uvicorn running on (http:\/\/[\d.]+:\d+)/,
		startTimeoutMs,
	});
	return {
		baseUrl: `${server.ready}/v1`,
		apiKey: masterKey,
		output: server.output,
		stop: () => server.stop(),
		[Symbol.asyncDispose]: () => server.stop(),
	};
}
