import {
	type CreateSpaceportOptions,
	createSpaceport,
	type Embeddings,
	type EmbedOptions,
	type EmbedRequest,
	type ModelInfo,
	NetworkError,
	type SpaceportError,
	type SpaceportEvent,
} from "@spaceport/core";
import { createScriptedProvider, type EmbedScript, type ScriptedProvider, type ScriptedProviderOptions } from "@spaceport/testkit";
import { expect, vi } from "vitest";

/** An embedding for each text that tells the texts apart. */
export const lengths: EmbedScript = ({ input }) => [{ embed: { embeddings: input.map((text) => [text.length, 1]) } }];

/** A model that makes embeddings. */
export function maker(id: string, more: Omit<ModelInfo, "id"> = {}): ModelInfo {
	return { id, embeddings: true, ...more };
}

/** A provider of one model that makes embeddings, by scripts. */
export function embedder(
	name: string,
	embedScripts: readonly EmbedScript[] = [lengths],
	more: Omit<ScriptedProviderOptions, "name" | "scripts" | "embedScripts"> = {},
): ScriptedProvider {
	return createScriptedProvider({ name, models: [maker("m")], scripts: [["an answer"]], embedScripts, ...more });
}

/** A provider that gives answers alone. */
export function talker(name: string, models: readonly ModelInfo[] = [{ id: `${name}-talks` }]): ScriptedProvider {
	return createScriptedProvider({ name, models, scripts: [[`${name} says so`]] });
}

export const network = () => new NetworkError("connection reset", { phase: "join" });

/** What came of a request on the fake clock. */
export interface Outcome {
	readonly made?: Embeddings;
	readonly error?: SpaceportError;
	readonly events: readonly SpaceportEvent[];
	/** The providers asked, in order. */
	readonly asked: readonly string[];
	/** Who was passed over, and why. */
	readonly leftOut: readonly string[];
}

/** Asks on the fake clock, and looks that nothing is left behind. */
export async function embedWith(
	options: CreateSpaceportOptions,
	request: EmbedRequest = { input: "text" },
	embedOptions: EmbedOptions = {},
): Promise<Outcome> {
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({ random: () => 0, createId: () => "request-1", ...options });
	const outcome = spaceport.embed(request, { ...embedOptions, onEvent: (event) => events.push(event) }).then(
		(made) => ({ made }),
		(error: SpaceportError) => ({ error }),
	);
	await vi.runAllTimersAsync();
	const result = await outcome;
	expect(vi.getTimerCount(), "timers that are left").toBe(0);
	const starts = events.filter((event) => event.type === "attempt-start");
	expect(events.filter((event) => event.type === "attempt-end")).toHaveLength(starts.length);
	return {
		...result,
		events,
		asked: starts.map(({ provider, model }) => `${provider}:${model}`),
		leftOut: events.flatMap((event) => (event.type === "left-out" ? [`${event.provider}: ${event.reason}`] : [])),
	};
}
