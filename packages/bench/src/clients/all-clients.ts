import type { MakeClient } from "./client.ts";

/** A client, its words in tables, and where it is made: loaded by the process that runs it alone. */
interface ListedClient {
	readonly title: string;
	/** What kind of server it asks. */
	readonly asks: "space" | "openai";
	readonly load: () => Promise<MakeClient>;
}

/** Everything that is measured, by name. */
export const clients = {
	floor: {
		title: "floor: fetch and ten lines",
		asks: "space",
		load: async () => (await import("./floor.ts")).makeClient,
	},
	"spaceport-text": {
		title: "Spaceport, textStream",
		asks: "space",
		load: async () => (await import("./spaceport.ts")).makeTextClient,
	},
	"spaceport-chunks": {
		title: "Spaceport, chunks",
		asks: "space",
		load: async () => (await import("./spaceport.ts")).makeChunkClient,
	},
	"gradio-whole": {
		title: "@gradio/client, whole text kept",
		asks: "space",
		load: async () => (await import("./gradio-client.ts")).makeWholeClient,
	},
	"gradio-deltas": {
		title: "@gradio/client, deltas taken from it",
		asks: "space",
		load: async () => (await import("./gradio-client.ts")).makeDeltaClient,
	},
	"floor-openai": {
		title: "floor: fetch and ten lines, on an OpenAI stream",
		asks: "openai",
		load: async () => (await import("./floor-openai.ts")).makeClient,
	},
	"spaceport-openai-text": {
		title: "Spaceport, textStream, on an OpenAI stream",
		asks: "openai",
		load: async () => (await import("./spaceport.ts")).makeOpenaiTextClient,
	},
	"spaceport-openai-chunks": {
		title: "Spaceport, chunks, on an OpenAI stream",
		asks: "openai",
		load: async () => (await import("./spaceport.ts")).makeOpenaiChunkClient,
	},
	openai: {
		title: "openai, on an OpenAI stream",
		asks: "openai",
		load: async () => (await import("./openai.ts")).makeClient,
	},
	"ai-sdk": {
		title: "AI SDK streamText, on an OpenAI stream",
		asks: "openai",
		load: async () => (await import("./ai-sdk.ts")).makeClient,
	},
} as const satisfies Readonly<Record<string, ListedClient>>;

/** One of them. */
export type ClientName = keyof typeof clients;
