import { type Chunk, isSpaceportError, type ProviderRequest } from "@spaceport/core";
import type { Batches } from "@spaceport/http";

import type { Space, SpaceCaller } from "../create-space.ts";
import type { TextDeltas } from "../decode/text-deltas.ts";
import type { SpacePart } from "../files/part-file.ts";
import { showApi } from "../handshake/bind-by-name.ts";
import type { SubmitOptions } from "../space-options.ts";
import { beginSession } from "../surround.ts";
import { loadTools } from "./late-tools.ts";
import type { SpaceAnswer } from "./space-answer.ts";
import { createCall, type Notes, type StepOutputs } from "./space-call.ts";
import type { SpaceStep } from "./space-step.ts";
import { toChunk } from "./to-chunk.ts";

/** A turn that takes several calls. */
export interface Recipe {
	readonly space: SpaceCaller;
	readonly steps: readonly SpaceStep[];
	readonly request: ProviderRequest;
	readonly notes: Notes;
	/** The kinds of parts beside text that the definition takes. */
	readonly parts: readonly SpacePart[];
	readonly answer: SpaceAnswer;
	/** The answer so far. */
	readonly deltas: TextDeltas;
	/** How each call is made, but for the time that is left. */
	readonly options: SubmitOptions;
}

/** What is there when the steps are done. */
export interface StepsDone {
	/** Makes the call that answers, in their session and in the time that they left. */
	readonly submit: Space["submit"];
	readonly outputs: StepOutputs;
}

/**
 * Makes the calls before the one that answers, one after another in one session. The total limit is that of all calls together.
 *
 * @param recipe - what to call
 * @returns what happens meanwhile, then what the last call needs
 */
export async function* runSteps({
	space,
	steps,
	request,
	notes,
	parts,
	answer,
	deltas,
	options,
}: Recipe): AsyncGenerator<Chunk[], StepsDone, void> {
	await loadTools(options.signal);
	const session = beginSession(space);
	const startedAt = performance.now();
	const outputs: Record<string, readonly unknown[]> = {};

	const submit: Space["submit"] = (api, data, own) => {
		const totalMs = options.totalMs === undefined ? undefined : Math.max(0, Math.ceil(startedAt + options.totalMs - performance.now()));
		return session.submit(api, data, { ...options, ...own, totalMs });
	};

	async function* run({ name, api, contract, fallback, toData, fromData }: SpaceStep): Batches<Chunk> {
		const events = submit(api, (endpoint) => toData(request, createCall(endpoint, outputs, notes, parts)), { fallback, contract });
		for await (const event of events) {
			if (event.type !== "value") {
				yield [toChunk(event)];
				continue;
			}
			if (fromData !== undefined) {
				// The turn is not over with a step.
				for (const chunk of deltas.take(fromData(event.data, request, event.final, answer), event.appends))
					if (chunk.type !== "finish") yield [chunk];
			}
			if (event.final) outputs[name] = event.data;
		}
	}

	for (const step of steps) {
		outputs[step.name] = [];
		if (step.when?.(request) === false) continue;
		try {
			yield* run(step);
		} catch (error) {
			nameStep(error, step);
			throw error;
		}
	}
	return { submit, outputs };
}

/** Says in an error in which step it happened. An error of the config is shared by calls that waited for it together. */
function nameStep(error: unknown, { name, api }: SpaceStep): void {
	if (!isSpaceportError(error) || error.code === "aborted") return;
	const where = `In the step "${name}" (${showApi(api)}): `;
	if (!error.message.startsWith("In the step ")) error.message = where + error.message;
}
