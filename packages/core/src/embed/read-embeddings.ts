import { ProtocolError } from "../errors/protocol-error.ts";
import { ProviderFailedError } from "../errors/provider-failed-error.ts";
import { UnsupportedError } from "../errors/unsupported-error.ts";
import { showValue } from "../show-value.ts";
import type { ProviderEmbeddings } from "./embedding.ts";

/** What was asked for. */
interface Asked {
	/** The provider's registered name. */
	readonly name: string;
	/** How many texts. */
	readonly count: number;
	readonly dimensions: number | undefined;
}

/**
 * Checks what a provider gave: an embedding for each text, all of them as long as the first, made of finite numbers.
 *
 * @param given - what `embed` resolved to; JavaScript lets it be anything
 * @param asked - what was asked for
 * @returns lists of numbers; those that are lists already are not copied
 * @throws ProtocolError that says what was found; UnsupportedError where they are not as long as was asked; ProviderFailedError where they are no embeddings at all
 */
export function readEmbeddings(given: unknown, { name, count, dimensions }: Asked): readonly (readonly number[])[] {
	const { embeddings }: { readonly embeddings?: unknown } = Object(given);
	if (!Array.isArray(embeddings)) {
		const what = given === undefined || given === null ? String(given) : `embeddings that are ${showValue(embeddings)}`;
		throw new ProviderFailedError(`embed of "${name}" gave ${what}, and no list of embeddings.`, { provider: name });
	}
	if (embeddings.length !== count) throw wrong(name, `gave ${amount(embeddings.length, "embedding")} for ${amount(count, "text")}`);
	const lists = Array.from(embeddings as readonly ProviderEmbeddings["embeddings"][number][], (embedding, index) =>
		readEmbedding(name, embedding, index),
	);
	const length = lists[0]?.length ?? 0;
	for (const [index, list] of lists.entries()) {
		if (list.length === length) continue;
		throw wrong(
			name,
			`gave embeddings of different lengths: the first has ${amount(length, "number")}, number ${index + 1} has ${list.length}`,
		);
	}
	if (dimensions !== undefined && length !== dimensions) {
		throw new UnsupportedError(`"${name}" gave embeddings of ${amount(length, "number")}, and ${dimensions} were asked for.`, {
			capability: "dimensions",
			provider: name,
			hint: "Leave dimensions out, or ask a model that can make shorter embeddings.",
		});
	}
	return lists;
}

function readEmbedding(name: string, embedding: unknown, index: number): readonly number[] {
	const place = `embedding ${index + 1}`;
	const isView = ArrayBuffer.isView(embedding);
	if (!Array.isArray(embedding) && !isView) throw wrong(name, `gave an ${place} that is no list of numbers`, embedding);
	const given = embedding as ArrayLike<number>;
	if (!(given.length > 0)) throw wrong(name, `gave an ${place} without any numbers`);
	// Loops over places: they are ten times as fast as `Array.from` and `every`, and there are millions of numbers; and they see places where nothing is.
	const list: number[] = isView ? new Array(given.length) : (given as number[]);
	for (let at = 0; at < given.length; at += 1) {
		const value = given[at] as number;
		if (!Number.isFinite(value)) throw wrong(name, `gave an ${place} whose number ${at + 1} is no finite number`, value);
		if (isView) list[at] = value;
	}
	return list;
}

function wrong(name: string, what: string, ...found: readonly unknown[]): ProtocolError {
	const sample = found.length === 0 ? undefined : showValue(found[0]);
	const shown = sample === undefined ? "" : ` (it is ${sample})`;
	return new ProtocolError(`"${name}" ${what}${shown}.`, { protocol: "embeddings", sample, provider: name });
}

function amount(count: number, unit: string): string {
	return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
