import { fileURLToPath } from "node:url";

import type { EnvironmentPins } from "../machine/python-environment.ts";

/** The servers that speak chat completions as OpenAI does, whose packages are pinned in this package. */
export const chatServers = ["llama", "litellm"] as const;

/** One of {@link chatServers}: llama.cpp's own HTTP server, or LiteLLM's proxy, which stands before another server. */
export type ChatServerName = (typeof chatServers)[number];

const titles: Readonly<Record<ChatServerName, string>> = { llama: "llama.cpp's server", litellm: "LiteLLM's proxy" };

/** What the environment of a server is made of. */
export function chatServerPins(name: ChatServerName): EnvironmentPins {
	return { title: titles[name], kind: "openai", name, requirements: openAIFile(`requirements-${name}.txt`) };
}

/** The path of a file in this package's `openai` folder, from the sources and from the build alike. */
export function openAIFile(name: string): string {
	return fileURLToPath(new URL(`../../openai/${name}`, import.meta.url));
}
