import type { ListedChainClient } from "./chain-client.ts";

const everything = ["ask", "fallOver", "passOver"] as const;

/** Everything that is measured, by name. */
export const chainClients = {
	bare: {
		title: "a bare generator",
		does: ["ask"],
		load: async () => (await import("./clients/bare.ts")).client,
	},
	"spaceport-text": {
		title: "Spaceport, textStream",
		does: everything,
		load: async () => (await import("./clients/spaceport.ts")).textClient,
	},
	"spaceport-chunks": {
		title: "Spaceport, chunks",
		does: everything,
		load: async () => (await import("./clients/spaceport.ts")).chunkClient,
	},
	"spaceport-whole": {
		title: "Spaceport, complete()",
		does: everything,
		load: async () => (await import("./clients/spaceport.ts")).wholeClient,
	},
	"ai-fallback-parts": {
		title: "ai-fallback, the model's stream",
		does: everything,
		load: async () => (await import("./clients/ai-sdk.ts")).partClient,
	},
	"ai-fallback": {
		title: "ai-fallback, streamText",
		does: everything,
		load: async () => (await import("./clients/ai-sdk.ts")).textClient,
	},
	"ai-sdk-alone": {
		title: "AI SDK streamText without a chain",
		does: ["ask"],
		load: async () => (await import("./clients/ai-sdk.ts")).aloneClient,
	},
	langchain: {
		title: "LangChain withFallbacks, stream",
		does: ["ask", "fallOver"],
		load: async () => (await import("./clients/langchain.ts")).client,
	},
} as const satisfies Readonly<Record<string, ListedChainClient>>;

/** One of them. */
export type ChainClientName = keyof typeof chainClients;
