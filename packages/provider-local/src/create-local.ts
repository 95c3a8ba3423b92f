import {
	type AsyncGeneratorProvider,
	type AttemptContext,
	type AttemptContextInput,
	type Chunk,
	completeAttemptContext,
	GenerationError,
	isSpaceportError,
	NoSuchModelError,
	type ProgressChunk,
	type ProviderRequest,
	silentLogger,
} from "@spaceport/core";
import { throwIfAborted } from "./abort.ts";
import { createLane, type Lane } from "./engine/lane.ts";
import { loadEngine, lookForEngine } from "./engine/load-engine.ts";
import { holdModel } from "./engine/load-model.ts";
import { generate } from "./generate/generate.ts";
import { checkRequest } from "./generate/prompt.ts";
import { type CompleteLocalOptions, completeOptions, type LocalOptions } from "./options.ts";
import { joinTask, type SharedTask } from "./shared-task.ts";
import { findWeights, lookForWeights } from "./weights/find-weights.ts";
import { inOneLine } from "./weights/source-error.ts";

/** A provider whose model runs in this process. */
export interface LocalProvider extends AsyncGeneratorProvider {
	createAsyncGenerator(request: ProviderRequest, context?: AttemptContextInput): AsyncGenerator<Chunk, void, void>;
	/**
	 * Looks whether the engine is installed and the weights are there, or may be fetched. It loads and fetches nothing.
	 *
	 * @throws LocalUnavailableError that says what is missing
	 */
	probe(): Promise<void>;
	/**
	 * Frees the model's memory when the answers that are under way have ended. The next request loads it again. Nobody has to call it: a
	 * loaded model does not keep the process alive.
	 */
	dispose(): Promise<void>;
	/** The same as `dispose`, for `await using`. */
	[Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a provider that answers from a small language model on this machine. Nothing is read, loaded or downloaded before the first request.
 *
 * The first request fetches the weights if they are not there (98 MB for the built-in model), which `progress` chunks tell. Settings that
 * are honoured: `temperature` (0 where it is not set), `topP`, `maxTokens` (1024), `stop`, `seed`, `responseFormat`.
 *
 * @throws InvalidRequestError for a bad option, at once
 * @example
 * ```ts
 * import { createLocal } from "@spaceport/provider-local";
 *
 * const local = createLocal({ contextTokens: 8192 });
 * const messages = [{ role: "user", content: "What is the capital of France?" }] as const;
 * for await (const chunk of local.createAsyncGenerator({ model: "smollm2-135m-instruct", messages })) {
 * 	if (chunk.type === "text-delta") process.stdout.write(chunk.text);
 * }
 * ```
 */
export function createLocal(options: LocalOptions = {}): LocalProvider {
	const complete = completeOptions(options);
	const { model } = complete;
	const opening = new Map<string, SharedTask<ProgressChunk, Lane>>();
	let lane: Lane | undefined;

	async function* openLane(context: AttemptContext): AsyncGenerator<ProgressChunk, Lane, void> {
		if (lane !== undefined) return lane;
		return yield* joinTask(opening, "lane", context.signal, async (signal, report) => {
			lane = await loadLane(complete, { ...context, signal }, report);
			return lane;
		});
	}

	async function* answer(request: ProviderRequest, input?: AttemptContextInput): AsyncGenerator<Chunk, void, void> {
		const given = completeAttemptContext(input);
		const context = given.logger === silentLogger ? { ...given, logger: complete.logger } : given;
		try {
			throwIfAborted(context.signal);
			checkModel(request.model, complete);
			checkRequest(request, context.unsupported);
			const open = yield* openLane(context);
			yield* takeTurn(open, request, model.system, context);
		} catch (error) {
			if (isSpaceportError(error)) throw error;
			throw new GenerationError(`The local model failed: ${inOneLine(error)}`, { cause: error });
		}
	}

	async function dispose(): Promise<void> {
		const open = lane;
		lane = undefined;
		await open?.dispose();
	}

	return {
		name: "local",
		models: [
			{
				id: model.id,
				...(model.aliases === undefined ? {} : { aliases: model.aliases }),
				contextTokens: complete.contextTokens,
				history: true,
				prefill: true,
			},
		],
		parameters: ["system", "temperature", "topP", "maxTokens", "stop", "seed", "responseFormat"],
		// A first request may have 98 MB to download, and the next ones may wait behind it.
		timeouts: { firstChunkMs: 600_000, lastFirstChunkMs: 600_000 },
		async probe() {
			if (lane !== undefined) return;
			if (complete.loader === undefined) lookForEngine();
			await lookForWeights(complete);
		},
		createAsyncGenerator: answer,
		dispose,
		[Symbol.asyncDispose]: dispose,
	};
}

/** The built-in model with default options. */
export const local: LocalProvider = createLocal();

async function loadLane(options: CompleteLocalOptions, context: AttemptContext, report: (chunk: ProgressChunk) => void): Promise<Lane> {
	const { signal, logger, deadlines } = context;
	// The engine first: without it there is no use in downloading weights.
	const engine = await loadEngine(options, logger);
	throwIfAborted(signal);
	const path = await findWeights(options, { deadlines, logger, signal, report });
	report({ type: "progress", stage: "loading", description: `Loading ${options.model.id}` });
	const held = await holdModel(engine, path, signal);
	try {
		return await createLane(engine, held, options, signal);
	} catch (error) {
		await held.release();
		throw error;
	}
}

async function* takeTurn(
	lane: Lane,
	request: ProviderRequest,
	system: string | undefined,
	context: AttemptContext,
): AsyncGenerator<Chunk, void, void> {
	const queue = lane.turns.take(context.signal);
	let step = await queue.next();
	try {
		while (step.done !== true) {
			yield { type: "queue-update", position: step.value };
			step = await queue.next();
		}
	} finally {
		if (step.done !== true) await queue.return(() => {});
	}
	const endTurn = step.value;
	const sequence = lane.takeSequence();
	try {
		yield* generate(lane, sequence, request, system, context);
	} finally {
		lane.giveSequence(sequence);
		endTurn();
	}
}

function checkModel(name: string, { model }: CompleteLocalOptions): void {
	const known = [model.id, ...(model.aliases ?? [])];
	if (name === "" || known.includes(name)) return;
	throw new NoSuchModelError(`The provider "local" has no model ${JSON.stringify(name)}.`, {
		reference: name,
		known,
		hint: `It has ${model.id}. Another GGUF file is used with createLocal({ modelPath }).`,
	});
}
