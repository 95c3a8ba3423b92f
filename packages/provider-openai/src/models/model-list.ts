import type { AttemptContext, ModelInfo } from "@spaceport/core";
import { createSharedWork, type SharedWork } from "@spaceport/http";

import type { ToError } from "../errors/fact.ts";
import type { Settings } from "../options.ts";
import { readJsonAnswer } from "../server/read-json-answer.ts";
import { ask } from "../server/server.ts";
import { firstChatModel, readModels } from "./read-models.ts";

/** Bytes of a list of models: the longest that is known has half a megabyte. */
export const largestList: number = 8 * 1024 * 1024;

/** Who reads the list, and until when. */
export interface ModelListReader {
	/** Which key, by its name. */
	readonly key?: string | undefined;
	readonly reportLimits?: AttemptContext["reportLimits"];
	readonly signal: AbortSignal | undefined;
	/** Until the headers of the answer, and once more until its end, in milliseconds. */
	readonly connectMs: number;
}

/** The models that an endpoint says it has. */
export interface ModelList {
	/** Reads them anew. */
	read(reader: ModelListReader): Promise<readonly ModelInfo[]>;
	/** The first one that chats, or that makes embeddings. It is looked for once. */
	first(kind: "chat" | "embeddings", reader: ModelListReader): Promise<string>;
	/** It is not there any more: the next one who asks for the first reads the list again. */
	forget(model: string): void;
}

/** Where the list of models is. */
export function modelListPath({ quirks }: Settings): string {
	return quirks.modelList ?? "/models";
}

/**
 * Makes what knows the models of an endpoint.
 *
 * @param settings - who it is
 * @param errorsOf - makes what makes the errors of those who ask with a key
 */
export function createModelList(settings: Settings, errorsOf: (key: string | undefined) => ToError): ModelList {
	const found = new Map<"chat" | "embeddings", string>();
	/** By the key that they are read with. */
	const readings = new Map<string, SharedWork<readonly ModelInfo[]>>();

	async function read({ signal, connectMs, key, reportLimits }: ModelListReader): Promise<readonly ModelInfo[]> {
		const toError = errorsOf(key);
		const phase = "models";
		const request = { path: modelListPath(settings), phase, accept: "application/json", connectMs, signal, key };
		const answer = await ask(settings, { ...request, ...(reportLimits && { reportLimits }) }, toError);
		const json = await readJsonAnswer(answer, { phase, maxBytes: largestList, maxMs: connectMs, signal, toError });
		const list = readModels(json);
		if (list === undefined) throw toError({ kind: "unreadable", phase, body: JSON.stringify(json).slice(0, 1000) });
		return list;
	}

	return {
		read,
		async first(kind, reader) {
			const known = found.get(kind);
			if (known !== undefined) return known;
			const { signal, key = "" } = reader;
			const reading = readings.get(key) ?? createSharedWork();
			readings.set(key, reading);
			const list = await reading
				.join((shared) => read({ ...reader, signal: shared }), signal)
				.catch((error: unknown) => {
					throw signal?.aborted === true ? errorsOf(reader.key)({ kind: "aborted", reason: signal.reason }) : error;
				});
			const model = kind === "chat" ? firstChatModel(list) : list.find(({ embeddings }) => embeddings === true);
			if (model === undefined) throw errorsOf(reader.key)({ kind: "no-model", wanted: kind, known: list.map(({ id }) => id) });
			found.set(kind, model.id);
			return model.id;
		},
		forget(model) {
			for (const [kind, id] of found) if (id === model) found.delete(kind);
		},
	};
}
