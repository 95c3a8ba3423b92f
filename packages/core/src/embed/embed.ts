import type { Batches } from "../chain/batches.ts";
import type { RequestKind } from "../chain/request-kind.ts";
import type { Chunk } from "../chunk.ts";
import { createChatStream, OpenStream } from "../consume/chat-stream.ts";
import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { UnsupportedError } from "../errors/unsupported-error.ts";
import type { Observer } from "../events.ts";
import type { ChatRequest } from "../message.ts";
import { showValue } from "../show-value.ts";
import { validateEmbedRequest } from "../validate-request.ts";
import { createEmbedKind, type Made } from "./embed-kind.ts";
import type { Embeddings, EmbedOptions, EmbedRequest, ProviderEmbedRequest } from "./embedding.ts";

/** What embeddings are asked through. */
export interface EmbedTools {
	/** Runs a request of a kind through registry and chains. */
	readonly run: (request: ChatRequest, kind: RequestKind, signal: AbortSignal, observer: Observer) => Batches<Chunk>;
}

/**
 * Asks for embeddings, by the ways on which answers are asked for.
 *
 * @param value - the request, as the caller gave it
 * @param options - as the caller gave them
 * @param tools - what it asks through
 */
export async function embed(value: unknown, options: EmbedOptions, { run }: EmbedTools): Promise<Embeddings> {
	const { model, input: given, ...settings } = validateEmbedRequest(value);
	const input = typeof given === "string" ? [given] : given;
	const made = new Map<number, Made>();
	const kind = createEmbedKind({
		request: { ...settings, input },
		models: allowedModels(options.otherModels, model),
		onMade: (attempt, what) => made.set(attempt, what),
	});
	// The texts travel along, so that limits can tell how many tokens they are.
	const request: ChatRequest & Pick<ProviderEmbedRequest, "input"> = { ...(model !== undefined && { model }), messages: [], input };
	const stream = createChatStream({
		signal: options.signal,
		revisions: "replace",
		onChunk: undefined,
		start: (signal, recorder) => run(request, kind, signal, recorder.observe),
	});
	const { requestId, provider, model: asked, usage, warnings, attempts } = await OpenStream.whole(stream);
	const what = made.get(attempts.at(-1)?.number ?? 0);
	if (what === undefined) {
		throw new UnsupportedError("An answer in words came, and no embeddings: a chain that was asked knows of none.", {
			capability: "embeddings",
		});
	}
	return { requestId, embeddings: what.embeddings, provider, model: asked || what.model, ...(usage && { usage }), warnings, attempts };
}

function allowedModels(otherModels: unknown, model: EmbedRequest["model"]): "first" | "each" | "any" {
	if (otherModels !== undefined && otherModels !== "refuse" && otherModels !== "allow") {
		throw new InvalidRequestError(`otherModels is ${showValue(otherModels)}, and must be "refuse" or "allow".`, { path: "otherModels" });
	}
	if (otherModels === "allow") return "any";
	return otherModels === undefined && Array.isArray(model) ? "each" : "first";
}
