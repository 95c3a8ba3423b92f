import type { AttemptContext, Chunk, UsageChunk } from "@spaceport/core";
import { asFields, asList, asText, type Fields, parseJson, type Report, type StreamEvent, shorten } from "@spaceport/http";

import type { ToError } from "../errors/fact.ts";
import type { Quirks } from "../quirks.ts";
import { readFinishReason } from "./finish-reason.ts";
import { readContent, readReasoning } from "./read-content.ts";
import { readUsage } from "./read-usage.ts";
import { isSameModel } from "./same-model.ts";
import { createTextSorter } from "./text-sorter.ts";
import { createToolCalls } from "./tool-calls.ts";
import { createWholeCharacters } from "./whole-characters.ts";

/** Reads the frames of one answer. */
export interface AnswerReader {
	/**
	 * Takes a frame.
	 *
	 * @param frame - an event, or a whole answer
	 * @param chunks - receives what it gives
	 * @returns whether nothing comes after it
	 * @throws the error that it tells of
	 */
	take(frame: StreamEvent, chunks: Chunk[]): boolean;
	/**
	 * Nothing more comes.
	 *
	 * @param chunks - receives what was kept back; that is given also where it throws
	 * @param cause - why, where the connection broke
	 * @throws the error of an answer that is not whole, or is nothing
	 */
	end(chunks: Chunk[], cause?: unknown): void;
	/** Whether the answer has come to an end of its own, whatever becomes of the connection. */
	isWhole(): boolean;
}

/** What an answer is read with. */
export interface AnswerReaderOptions {
	/** The model that was asked for. */
	readonly model: string;
	readonly quirks: Quirks;
	/** Those of the answer. */
	readonly headers: Headers;
	readonly warn: AttemptContext["warn"];
	/** Takes secrets out: what a server says may be what it was sent. */
	readonly clean: (text: string) => string;
	readonly report: Report;
	readonly toError: ToError;
}

const phase = "chat";

/** How much of a part that is skipped is looked at. Its secrets are taken out before it is cut to what is shown, since half a secret is not known as one. */
const longestSample = 4000;

/**
 * Makes what reads the frames of one answer, of a stream or as a whole.
 *
 * @param options - what was asked, and where it is said what happens
 */
export function createAnswerReader({ model, quirks, headers, warn, clean, report, toError }: AnswerReaderOptions): AnswerReader {
	const calls = createToolCalls();
	const words = createWholeCharacters();
	const thoughts = createWholeCharacters();
	let out: Chunk[] = [];
	let text = "";
	let reasoning = "";
	let hasImages = false;
	let refused = false;
	let reason: string | undefined;
	let isDone = false;
	let usage: UsageChunk | undefined;
	let isModelKnown = quirks.otherModel === "ignore";
	let skipped = 0;
	/** Whether the caller is to be told of what was skipped: not where it was the last that came before the connection broke. */
	let isUntold = false;
	let hasChoices = false;
	/** JSON that is neither an answer nor an error. */
	let strange: string | undefined;
	const sorter = createTextSorter(quirks, { text: giveText, reasoning: giveReasoning });

	function giveText(piece: string): void {
		const whole = words.take(piece);
		if (whole === "") return;
		text += whole;
		out.push({ type: "text-delta", text: whole });
	}
	function giveReasoning(piece: string): void {
		const whole = thoughts.take(piece);
		if (whole === "") return;
		reasoning += whole;
		out.push({ type: "reasoning-delta", text: whole });
	}
	function takeText(piece: string): void {
		if (piece === "") return;
		if (sorter.isPlain()) giveText(piece);
		else sorter.take(piece);
	}

	function onMalformed(data: string): void {
		skipped += 1;
		isUntold ||= skipped === 1;
		report(
			"malformed-frame",
			{ sample: clean(data.slice(0, longestSample)).slice(0, 200) },
			"Skipped a part of an answer that cannot be read.",
		);
	}

	/** What was skipped is missing from an answer that goes on after it, or is whole. */
	function tellSkipped(): void {
		isUntold = false;
		warn("A part of the answer could not be read, and was skipped: something may be missing.");
	}

	function onModel(answered: string): void {
		isModelKnown = true;
		if (quirks.routers?.includes(model) || isSameModel(model, answered)) return;
		if (quirks.otherModel === "error") throw toError({ kind: "other-model", asked: model, answered });
		warn(`"${model}" was asked for, and "${shorten(clean(answered))}" answered.`);
	}

	function onDelta(delta: Fields, isMessage: boolean): void {
		// What sums up a stream says nothing new.
		if (isMessage && (text !== "" || calls.count() > 0)) return;
		const thought = readReasoning(delta);
		if (thought !== "") giveReasoning(thought);
		const { content } = delta;
		if (typeof content === "string") takeText(content);
		else if (content !== undefined && content !== null) {
			const read = readContent(content);
			if (read.reasoning !== "") giveReasoning(read.reasoning);
			takeText(read.text);
		}
		if (typeof delta.refusal === "string" && delta.refusal !== "") {
			refused = true;
			takeText(delta.refusal);
		}
		if (delta.tool_calls) calls.take(delta.tool_calls, out);
		if (delta.function_call) calls.takeLegacy(delta.function_call, out);
		if (delta.images) takeImages(delta.images);
	}

	function takeImages(images: unknown): void {
		for (const image of asList(images) ?? []) {
			const url = asText(asFields(asFields(image)?.image_url)?.url);
			if (url === undefined || url === "") continue;
			hasImages = true;
			out.push({ type: "image", url });
		}
	}

	function onFrame(frame: Fields, isNamedError: boolean): void {
		const choices = asList(frame.choices);
		const failed = asFields(frame.x_groq)?.error;
		if (isNamedError || isError(frame.error) || (choices === undefined && isErrorFrame(frame)) || isError(failed)) {
			throw toError({ kind: "said", phase, headers, said: isError(failed) && !isError(frame.error) ? { error: failed } : frame });
		}
		if (!isModelKnown && typeof frame.model === "string" && frame.model !== "") onModel(frame.model);
		if (quirks.usage !== "none") usage = readUsage(frame.usage ?? asFields(frame.x_groq)?.usage) ?? usage;
		if (choices === undefined) return;
		hasChoices = true;
		if (frame.object === "chat.completion") isDone = true;
		let choice = asFields(choices[0]);
		if (choice?.index) choice = choices.map(asFields).find((one) => one !== undefined && !one.index);
		if (choice === undefined) return;
		if (isError(choice.error)) throw toError({ kind: "said", phase, headers, said: choice });
		const delta = asFields(choice.delta);
		const message = delta === undefined ? asFields(choice.message) : undefined;
		if (delta !== undefined) onDelta(delta, false);
		else if (message !== undefined) {
			onDelta(message, true);
			isDone = true;
		} else if (typeof choice.text === "string") takeText(choice.text);
		if (typeof choice.finish_reason === "string" && choice.finish_reason !== "") reason = choice.finish_reason;
		if (choice.usage && quirks.usage !== "none") usage = readUsage(choice.usage) ?? usage;
	}

	return {
		take({ name, data }, chunks) {
			out = chunks;
			const trimmed = data.length < 20 ? data.trim() : data;
			if (trimmed === "[DONE]") {
				if (isUntold) tellSkipped();
				isDone = true;
				return true;
			}
			if (trimmed === "") return false;
			const value = parseJson(data);
			const frame = asFields(Array.isArray(value) ? value[0] : value);
			const isNamedError = name === "error";
			if (frame !== undefined) {
				if (isUntold) tellSkipped();
				onFrame(frame, isNamedError);
				if (!hasChoices && name === undefined) strange ??= data.slice(0, 1000);
			} else if (isNamedError) throw toError({ kind: "said", phase, headers, said: value ?? data });
			else if (!isNothing(value) && (name === undefined || name === "message")) {
				if (value !== undefined) strange ??= data.slice(0, 1000);
				onMalformed(data);
			}
			return false;
		},
		isWhole: () => isDone || reason !== undefined,
		end(chunks, cause) {
			out = chunks;
			const verdict = sorter.end();
			giveRest(words.end());
			const rest = thoughts.end();
			if (rest !== "") out.push({ type: "reasoning-delta", text: rest });
			if (!hasChoices && strange !== undefined && cause === undefined) throw toError({ kind: "unreadable", phase, body: strange });
			if (!isDone && reason === undefined) throw toError({ kind: "ended-early", textSoFar: text, cause });
			if (isUntold) tellSkipped();
			const read = readFinishReason(reason);
			if (read === "given-up") throw toError({ kind: "given-up", reason: reason as string, textSoFar: text });
			const before = out.length;
			for (const fault of calls.end(read !== "length" && read !== "content-filter", out)) warn(fault);
			const hasCalls = out.length > before;
			if (quirks.answerInReasoning === true && text.trim() === "" && !hasCalls) giveRest(reasoning.trim());
			if (text.trim() === "" && !hasCalls && !hasImages) {
				if (read === "content-filter" || refused) throw toError({ kind: "filtered", reason });
				throw toError({ kind: "empty", reason, hasReasoning: reasoning !== "", verdict });
			}
			if (usage !== undefined) out.push(usage);
			out.push({ type: "finish", finishReason: hasCalls ? "tool-calls" : refused ? "content-filter" : read });
		},
	};

	function giveRest(rest: string): void {
		if (rest === "") return;
		text += rest;
		out.push({ type: "text-delta", text: rest });
	}
}

/** Whether a frame is one of those that some servers send to say nothing. */
function isNothing(value: unknown): boolean {
	return value === null || (Array.isArray(value) && value.length === 0);
}

/** Whether something that may be an error is one: `null`, `false` and nothing are not. */
function isError(error: unknown): boolean {
	if (!error) return false;
	return typeof error !== "object" || Object.keys(error).length > 0;
}

/** Whether a frame without choices is an error that does not say so by its one member. */
function isErrorFrame(frame: Fields): boolean {
	const { object, type, detail, errors, message, code, status, success } = frame;
	if (object === "error" || type === "error" || success === false) return true;
	if (isError(detail) || isError(errors)) return true;
	return typeof message === "string" && (code !== undefined || typeof status === "number" || typeof type === "string");
}
