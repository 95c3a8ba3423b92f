import type { createFallback } from "ai-fallback";

import { answer } from "../question.ts";

/** A language model as the AI SDK wants it, without HTTP. */
export type Model = Extract<Parameters<typeof createFallback>[0]["models"][number], { readonly specificationVersion: unknown }>;
type Options = Parameters<Model["doStream"]>[0];
type Part = Awaited<ReturnType<Model["doStream"]>>["stream"] extends ReadableStream<infer One> ? One : never;

const none = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
const ending: readonly Part[] = [
	{ type: "text-end", id: "0" },
	{
		type: "finish",
		finishReason: { unified: "stop", raw: "stop" },
		usage: { inputTokens: none, outputTokens: { total: undefined, text: undefined, reasoning: undefined } },
	},
];

function questionOf({ prompt }: Options): string {
	const [message] = prompt;
	const [part] = typeof message?.content === "object" ? message.content : [];
	return part?.type === "text" ? part.text : "";
}

/** Its stream pulls the pieces from the generator that all clients have, as a provider of the SDK pulls them from a response. */
export const live: Model = {
	specificationVersion: "v4",
	provider: "bench",
	modelId: "live",
	supportedUrls: {},
	doGenerate: () => Promise.reject(new Error("It is not used.")),
	async doStream(options) {
		const pieces = answer(questionOf(options));
		const stream = new ReadableStream<Part>({
			start(controller) {
				controller.enqueue({ type: "stream-start", warnings: [] });
				controller.enqueue({ type: "text-start", id: "0" });
			},
			async pull(controller) {
				const { done, value } = await pieces.next();
				if (done !== true) controller.enqueue({ type: "text-delta", id: "0", delta: value });
				else {
					for (const part of ending) controller.enqueue(part);
					controller.close();
				}
			},
		});
		return { stream };
	},
};

/** It refuses the key. */
export const dead: Model = {
	...live,
	modelId: "dead",
	doStream: () => Promise.reject(Object.assign(new Error("The key is wrong."), { statusCode: 401 })),
};
