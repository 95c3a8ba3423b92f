import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LocalUnavailableError, type Logger } from "@spaceport/core";
import type * as LlamaCpp from "node-llama-cpp";
import { inOneLine } from "../weights/source-error.ts";

/** The engine: the module and its loaded native library. */
export interface Engine {
	readonly module: typeof LlamaCpp;
	readonly llama: LlamaCpp.Llama;
}

const name = "node-llama-cpp";

/** One native library per choice of GPU in this process. A failure is not kept. */
const engines = new Map<string, Promise<Engine>>();

/** The last logger that was given: the library is shared, so its lines go to whoever came last. */
let currentLogger: Logger | undefined;

/**
 * Loads node-llama-cpp, once in the process. It builds nothing and downloads nothing.
 *
 * @throws LocalUnavailableError that says how to install it
 */
export function loadEngine(
	options: { readonly gpu: boolean; readonly loader: (() => Promise<unknown>) | undefined },
	logger: Logger,
): Promise<Engine> {
	currentLogger = logger;
	// A loader of one's own may bring another engine, so it has no part in what is shared.
	if (options.loader !== undefined) return startEngine(options.loader, options.gpu);
	const key = String(options.gpu);
	let engine = engines.get(key);
	if (engine === undefined) {
		engine = startEngine(importEngine, options.gpu);
		engines.set(key, engine);
		engine.catch(() => engines.delete(key));
	}
	return engine;
}

/**
 * Looks whether the engine is installed, without loading it.
 *
 * @throws LocalUnavailableError that says how to install it
 */
export function lookForEngine(): void {
	for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
		try {
			createRequire(from).resolve(name);
			return;
		} catch {
			// The next place.
		}
	}
	throw notLoaded(new Error("it is not installed."));
}

async function startEngine(load: () => Promise<unknown>, gpu: boolean): Promise<Engine> {
	let module: typeof LlamaCpp;
	try {
		module = (await load()) as typeof LlamaCpp;
	} catch (error) {
		throw notLoaded(error);
	}
	try {
		const llama = await module.getLlama({
			build: "never",
			gpu: gpu ? "auto" : false,
			skipDownload: true,
			progressLogs: false,
			// The number of threads is each context's own; the library's default would share a pool of four.
			maxThreads: 0,
			logLevel: module.LlamaLogLevel?.warn,
			logger: (level, message) => currentLogger?.debug({ level }, message.trim()),
		});
		return { module, llama };
	} catch (error) {
		throw new LocalUnavailableError(`The engine node-llama-cpp does not run on this machine: ${inOneLine(error)}`, {
			cause: error,
			needed: "a build of node-llama-cpp for this system",
			available: `${process.platform} ${process.arch}, Node ${process.versions.node}`,
			hint: "Install it anew with its optional packages: npm install node-llama-cpp",
		});
	}
}

function notLoaded(error: unknown): LocalUnavailableError {
	return new LocalUnavailableError(`The engine ${name} could not be loaded: ${inOneLine(error)}`, {
		cause: error,
		needed: name,
		hint: `Install it: npm install ${name}`,
	});
}

/** Looks beside this package, which is where a package manager links a peer, then from the current folder: the user's own project. */
async function importEngine(): Promise<unknown> {
	try {
		return await import("node-llama-cpp");
	} catch (error) {
		if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
		let path: string;
		try {
			path = createRequire(join(process.cwd(), "package.json")).resolve(name);
		} catch {
			throw new Error("it is not installed.");
		}
		return import(pathToFileURL(path).href);
	}
}
