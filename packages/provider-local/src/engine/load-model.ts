import { open, stat } from "node:fs/promises";
import { LocalUnavailableError } from "@spaceport/core";
import type { LlamaModel } from "node-llama-cpp";
import { throwIfAborted } from "../abort.ts";
import { drain, joinTask, type SharedTask } from "../shared-task.ts";
import { inOneLine } from "../weights/source-error.ts";
import type { Engine } from "./load-engine.ts";
import { memoryError } from "./memory-error.ts";

/** A model in memory, which several providers may use. */
export interface HeldModel {
	readonly model: LlamaModel;
	/** Says that it is no longer used here. The last one to say so frees the memory. */
	release(): Promise<void>;
}

interface Entry {
	readonly model: LlamaModel;
	users: number;
}

/** One model per file and engine in this process. */
const loaded = new WeakMap<Engine, Map<string, Entry>>();
const loading = new WeakMap<Engine, Map<string, SharedTask<never, Entry>>>();

/**
 * Loads a GGUF file, once in the process.
 *
 * @throws LocalUnavailableError where it is no model, or the memory is too small
 */
export async function holdModel(engine: Engine, path: string, signal: AbortSignal): Promise<HeldModel> {
	const models = getOrMake(loaded, engine, () => new Map<string, Entry>());
	const tasks = getOrMake(loading, engine, () => new Map<string, SharedTask<never, Entry>>());
	let entry = models.get(path);
	if (entry === undefined) {
		const reading = joinTask(tasks, path, signal, async (taskSignal) => {
			const fresh: Entry = { model: await readModel(engine, path, taskSignal), users: 0 };
			models.set(path, fresh);
			return fresh;
		});
		entry = await drain(reading, () => {});
		// It may have been freed by somebody who was quicker.
		if (models.get(path) !== entry) return holdModel(engine, path, signal);
	}
	const held = entry;
	held.users += 1;
	let released = false;
	return {
		model: held.model,
		async release() {
			if (released) return;
			released = true;
			held.users -= 1;
			if (held.users > 0) return;
			models.delete(path);
			await held.model.dispose();
		},
	};
}

async function readModel(engine: Engine, path: string, signal: AbortSignal): Promise<LlamaModel> {
	await checkFile(path);
	const { size } = await stat(path);
	try {
		return await engine.llama.loadModel({ modelPath: path, loadSignal: signal });
	} catch (error) {
		throwIfAborted(signal);
		throw (
			memoryError(error, `about ${Math.ceil(size / 1e6)} MB for the weights`) ??
			new LocalUnavailableError(`The model file ${JSON.stringify(path)} could not be loaded: ${inOneLine(error)}`, {
				cause: error,
				needed: path,
				hint: "Is it a whole GGUF file, of a kind of model that the installed node-llama-cpp knows?",
			})
		);
	}
}

/** The GGUF header: the magic word, the version, how many tensors, how many entries of metadata. */
const headerBytes = 24;
const newestVersion = 3;
const mostOfAnything = 1_000_000n;

/** Tells a file that is no model before the engine reads it: the engine takes absurd counts at their word, and reads for minutes. */
async function checkFile(path: string): Promise<void> {
	const header = Buffer.alloc(headerBytes);
	try {
		const file = await open(path);
		try {
			await file.read(header, 0, headerBytes, 0);
		} finally {
			await file.close();
		}
	} catch (error) {
		throw new LocalUnavailableError(`The model file ${JSON.stringify(path)} cannot be read: ${inOneLine(error)}`, {
			cause: error,
			needed: path,
		});
	}
	const version = header.readUInt32LE(4);
	const fits =
		header.toString("latin1", 0, 4) === "GGUF" &&
		version >= 2 &&
		version <= newestVersion &&
		header.readBigUInt64LE(8) <= mostOfAnything &&
		header.readBigUInt64LE(16) <= mostOfAnything;
	if (!fits) {
		throw new LocalUnavailableError(`The file ${JSON.stringify(path)} is not a model in GGUF format, version 2 or 3.`, {
			needed: path,
			hint: "Give the path of a .gguf file as modelPath.",
		});
	}
}

function getOrMake<Key extends object, Value>(map: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
	let value = map.get(key);
	if (value === undefined) {
		value = make();
		map.set(key, value);
	}
	return value;
}
