import {
	type AttemptContext,
	type Chunk,
	ContextLengthError,
	type FinishReason,
	GenerationError,
	type ProviderRequest,
} from "@spaceport/core";
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from "node-llama-cpp";
import { throwIfAborted } from "../abort.ts";
import type { Lane } from "../engine/lane.ts";
import { jsonGrammar } from "./json-grammar.ts";
import { promptTokens, stopStrings } from "./prompt.ts";
import { promptStep } from "./prompt-step.ts";
import { StopWatch } from "./stop-watch.ts";
import { TokenText } from "./token-text.ts";

/** The most tokens of an answer where the request does not say. */
export const defaultMaxTokens = 1024;

/** How far back, in tokens, a repetition is made less likely. */
const repeatWindow = 64;

/**
 * Answers a request with a context that nobody else uses meanwhile. Ends with `usage` and `finish`.
 *
 * @throws ContextLengthError where the conversation leaves no room for an answer; the signal's error within one token of its abort
 */
export async function* generate(
	lane: Lane,
	sequence: LlamaContextSequence,
	request: ProviderRequest,
	defaultSystem: string | undefined,
	context: AttemptContext,
): AsyncGenerator<Chunk, void, void> {
	const { engine, model } = lane;
	const prompt = promptTokens(engine, model, request, defaultSystem, context.warn);
	const room = lane.contextTokens - prompt.length;
	if (room < 1) {
		throw new ContextLengthError(
			`The conversation has ${prompt.length} tokens, and the local model takes ${lane.contextTokens}, its answer included.`,
			{
				limit: lane.contextTokens,
				requested: prompt.length,
				hint: "Leave out earlier turns, or set contextTokens higher if the model allows it.",
			},
		);
	}
	const most = Math.min(room, request.maxTokens ?? defaultMaxTokens);
	const answer: Token[] = [];
	const options = await samplingOptions(lane, request, answer, context.unsupported);
	await readPrompt(sequence, prompt, request.seed !== undefined, context.signal);

	const text = new TokenText<Token>((tokens, before) => model.detokenize(tokens, false, before));
	const stopWatch = new StopWatch(stopStrings(request));
	const jsonWatch = request.responseFormat?.type === "json" ? new JsonEnd() : undefined;
	let finishReason: FinishReason = "stop";
	let empty = true;
	let stopped = false;
	const tokens = sequence.evaluate(prompt.slice(sequence.nextTokenIndex), options);
	try {
		while (!stopped) {
			throwIfAborted(context.signal);
			const step = await tokens.next();
			throwIfAborted(context.signal);
			if (step.done === true) break;
			answer.push(step.value);
			const piece = stopWatch.push(text.push(step.value));
			if (piece.text !== "") {
				empty = false;
				yield { type: "text-delta", text: piece.text };
			}
			stopped = piece.stopped || (jsonWatch?.push(piece.text) ?? false);
			if (!stopped && answer.length >= most) {
				finishReason = "length";
				break;
			}
		}
	} finally {
		await tokens.return();
	}
	const rest = stopWatch.end();
	if (rest !== "") {
		empty = false;
		yield { type: "text-delta", text: rest };
	}
	if (empty && !stopped && finishReason === "stop") {
		throw new GenerationError("The local model ended its answer before the first word.", { hint: "Ask in other words." });
	}
	yield { type: "usage", inputTokens: prompt.length, outputTokens: answer.length, source: "tokenizer" };
	yield { type: "finish", finishReason };
}

async function samplingOptions(
	lane: Lane,
	request: ProviderRequest,
	answer: readonly Token[],
	unsupported: AttemptContext["unsupported"],
): Promise<SequenceEvaluateOptions> {
	const grammar = await jsonGrammar(lane.engine, request, unsupported);
	const options: SequenceEvaluateOptions = {
		// The most likely word each time: a model this small needs it to keep to the facts that it knows.
		temperature: request.temperature ?? 0,
		...(request.topP === undefined ? {} : { topP: request.topP }),
		...(request.seed === undefined ? {} : { seed: request.seed >>> 0 }),
	};
	if (grammar === undefined) {
		options.repeatPenalty = { penalty: 1.1, punishTokens: () => answer.slice(-repeatWindow), maxPunishTokens: repeatWindow };
		// Left alone, a model this small tells the same paragraph again until its tokens run out.
		options.dryRepeatPenalty = { strength: 0.8, allowedLength: 10, lastTokens: 512 };
	} else {
		// JSON repeats its marks, so nothing is made less likely there.
		const { LlamaGrammarEvaluationState } = lane.engine.module;
		options.grammarEvaluationState = new LlamaGrammarEvaluationState({ model: lane.model, grammar });
	}
	return options;
}

/**
 * Brings a context to the state before the prompt's last token. What it has in common with the conversation before it is kept, except where a
 * seed asks for the same answer each time: the numbers differ in their last digits with how the prompt was cut.
 */
async function readPrompt(sequence: LlamaContextSequence, prompt: Token[], fresh: boolean, signal: AbortSignal): Promise<void> {
	const beforeLast = prompt.slice(0, -1);
	if (fresh) await sequence.clearHistory();
	else await sequence.adaptStateToTokens(beforeLast, false);
	while (sequence.nextTokenIndex < beforeLast.length) {
		throwIfAborted(signal);
		const at = sequence.nextTokenIndex;
		await sequence.evaluateWithoutGeneratingNewTokens(beforeLast.slice(at, at + promptStep));
	}
	throwIfAborted(signal);
}

/** Sees where a JSON object or list is whole. The grammar allows white space after it, which a small model may write without end. */
class JsonEnd {
	#depth = 0;
	#inText = false;
	#escaped = false;

	push(text: string): boolean {
		for (const character of text) {
			if (this.#inText) {
				if (this.#escaped) this.#escaped = false;
				else if (character === "\\") this.#escaped = true;
				else if (character === '"') this.#inText = false;
			} else if (character === '"') this.#inText = true;
			else if (character === "{" || character === "[") this.#depth += 1;
			else if (character === "}" || character === "]") {
				this.#depth -= 1;
				if (this.#depth === 0) return true;
			}
		}
		return false;
	}
}
