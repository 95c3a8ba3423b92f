import type { Chunk } from "../chunk.ts";
import { ProviderFailedError } from "../errors/provider-failed-error.ts";
import { showValue } from "../show-value.ts";

/** The members that must be strings, by kind of chunk. It is also the list of the kinds there are. */
const stringMembers: { readonly [Type in Chunk["type"]]: readonly string[] } = {
	"text-delta": ["text"],
	"reasoning-delta": ["text"],
	"text-replace": ["text"],
	"tool-call-delta": ["id", "argumentsDelta"],
	"tool-call": ["id", "name", "arguments"],
	image: [],
	"queue-update": [],
	progress: [],
	log: ["level", "text"],
	seam: [],
	usage: ["source"],
	finish: ["finishReason"],
};

/**
 * What a provider yielded, as a chunk: a bare string is a text delta.
 *
 * @param value - what came from the generator
 * @throws ProviderFailedError where it is no chunk
 */
export function normalizeChunk(value: Chunk | string): Chunk {
	if (typeof value === "string") return { type: "text-delta", text: value };
	// Most are deltas.
	if (value?.type === "text-delta" && typeof value.text === "string") return value;
	const type: unknown = (value as { readonly type?: unknown } | null | undefined)?.type;
	const members = typeof type === "string" && Object.hasOwn(stringMembers, type) ? stringMembers[type as Chunk["type"]] : undefined;
	if (members === undefined) throw notAChunk(value);
	for (const member of members) {
		if (typeof (value as unknown as Record<string, unknown>)[member] !== "string") throw notAChunk(value);
	}
	return value;
}

function notAChunk(value: unknown): ProviderFailedError {
	return new ProviderFailedError(`The provider yielded ${showValue(value, 200)}, which is no chunk.`, {
		hint: "A provider yields strings, or objects whose type is one of the Chunk union's.",
	});
}
