import { type Chunk, defaultTimeouts, isSpaceportError } from "@spaceport/core";

import { otherWords, secret, toolArguments } from "./actor.ts";
import { closingMs, codeOf, type Story, type Told } from "./run-world.ts";
import type { World } from "./world.ts";

/** What is wrong with a story, whatever the world was like: nothing, if all is well. */
export function judge(world: World, story: Story): readonly string[] {
	const wrong: string[] = [];
	const claim = (holds: boolean, what: string): void => {
		if (!holds) wrong.push(what);
	};

	for (const told of story.told) {
		for (const complaint of [
			...judgeText(world, told),
			...judgeEnd(told),
			...judgeTime(world, told),
			...judgeAttempts(world, told, story),
		]) {
			wrong.push(`${told.requestId}: ${complaint}`);
		}
	}

	for (const call of story.calls) {
		const { provider, closed, deaf, stopped } = call;
		claim(closed || (deaf && stopped), `a call of ${provider} was left open${stopped ? "" : ", and not told to stop"}`);
	}
	claim(story.unhandled.length === 0, `unhandled: ${story.unhandled.map(String).join("; ")}`);
	claim(story.timers === 0, `${story.timers} timers were left`);
	for (const [name, text] of Object.entries(story.afterwards)) claim(text === world.truth, `afterwards ${name} gave ${text}`);
	const leak = [...story.log, ...story.lines, ...story.told.flatMap(textsOfErrors)].find((line) => line.includes(secret));
	claim(leak === undefined, `a secret was told: ${leak}`);
	return wrong;
}

/** What a request may end in when a part of its text was sent: a break, which keeps the text, or what is the caller's or the provider's own will. */
const keepsText: ReadonlySet<string> = new Set(["stream-interrupted", "aborted", "content-filtered", "invalid-request", "protocol"]);

/** No part of the answer comes twice, and none is left out. */
function judgeText({ truth, options }: World, { texts, given, completion, chunks, end }: Told): readonly string[] {
	const wrong: string[] = [];
	// White space that came before the answer is the provider's, and goes with it.
	const strange = texts.find((text) => !truth.startsWith(text.trimStart()));
	const isMixed = options.onMismatch === "seam" || chunks.some((chunk) => chunk.type === "seam" && chunk.how === "restart");
	if (isMixed) wrong.push(...judgeParts(truth, chunks));
	else if (strange !== undefined) wrong.push(`the text is not the answer's beginning: ${JSON.stringify(strange)}`);
	const last = texts.at(-1) ?? "";
	// An answer that is begun anew takes back what the text stream gave, which then ends in an error.
	const anew = "error" in completion && chunks.some((chunk) => chunk.type === "seam" && chunk.how === "restart");
	if (given !== undefined && !last.startsWith(given) && !anew)
		wrong.push(`the text stream gave ${JSON.stringify(given)}, and the chunks ${JSON.stringify(last)}`);
	if (!("error" in completion)) {
		const calls = completion.toolCalls ?? [];
		const callsAlone = completion.text.trim() === "" && calls.length > 0;
		const isWhole = isMixed
			? [truth, otherWords].some((words) => completion.text.trimEnd().endsWith(words.trimEnd().slice(-10)))
			: completion.text.trimStart() === truth;
		if (!isWhole && !callsAlone) wrong.push(`the completion's text is not the answer: ${JSON.stringify(completion.text)}`);
		if (given !== undefined && end === "end" && given !== completion.text) wrong.push("the text stream and the completion differ");
		for (const call of calls) if (call.arguments !== toolArguments) wrong.push(`half a tool call: ${call.arguments}`);
		if (calls.length > 1) wrong.push("a tool is called twice");
	}
	// Who leaves may do so between two of them.
	const isRead = end === "end" || (typeof end === "object" && codeOf(end.error) !== "aborted");
	if (isRead && options.onInterruption !== "fail") wrong.push(...judgeCalls(chunks));
	if (typeof end === "object" && isSpaceportError(end.error, "stream-interrupted")) {
		const { textSoFar } = end.error;
		// Of an answer that was begun anew the reader of text has the beginning of the old one.
		if (textSoFar.trimEnd() !== last.trimEnd() && !(anew && textSoFar.trimEnd() === given?.trimEnd()))
			wrong.push(`textSoFar is ${JSON.stringify(textSoFar)}, and ${JSON.stringify(last)} was sent`);
	}
	if (typeof end === "object" && last.trim() !== "" && !keepsText.has(codeOf(end.error))) {
		wrong.push(`${codeOf(end.error)} after ${JSON.stringify(last)} was sent`);
	}
	const seams = chunks.filter(({ type }) => type === "seam");
	if (seams.length > 0 && options.onInterruption === "fail") wrong.push("a seam, where a break is to end the answer");
	return wrong;
}

/** Where somebody may go on, the pieces of a tool call come when it is whole, and make the whole of it. */
function judgeCalls(chunks: readonly Chunk[]): readonly string[] {
	const pieces = new Map<string, string>();
	for (const chunk of chunks) {
		if (chunk.type === "tool-call-delta") pieces.set(chunk.id, (pieces.get(chunk.id) ?? "") + chunk.argumentsDelta);
	}
	return [...pieces].flatMap(([id, text]) => {
		const isWhole = chunks.some((chunk) => chunk.type === "tool-call" && chunk.id === id);
		return isWhole && text === toolArguments ? [] : [`pieces of a tool call that are not the whole of it: ${text}`];
	});
}

/** Where some say something else: each part of the text is of one piece, the first the beginning of an answer, and a seam is where the next begins. */
function judgeParts(truth: string, chunks: readonly Chunk[]): readonly string[] {
	let parts = [""];
	const grow = (text: string): void => {
		parts[parts.length - 1] += text;
	};
	for (const chunk of chunks) {
		if (chunk.type === "text-delta") grow(chunk.text);
		else if (chunk.type === "text-replace") {
			const before = parts.slice(0, -1).join("");
			if (chunk.text.startsWith(before)) parts = [...parts.slice(0, -1), chunk.text.slice(before.length)];
			else return [`a rewrite of what stood before a seam: ${JSON.stringify(chunk.text)}`];
		} else if (chunk.type === "seam") {
			if (chunk.at !== (chunk.how === "restart" ? 0 : parts.join("").length)) return [`a seam at ${chunk.at} in ${JSON.stringify(parts)}`];
			if (chunk.how === "restart") parts = [""];
			else if (chunk.reason.includes("something else")) parts.push("");
		}
	}
	const [first = "", ...others] = parts.map((part) => part.trim());
	const wrong = others.filter((part) => !(truth + otherWords).includes(part.replace(/^Sure, continuing:\s*/, "")));
	if (!truth.startsWith(first) && !otherWords.startsWith(first)) wrong.push(first);
	return wrong.map((part) => `a part is of no answer: ${JSON.stringify(part)}`);
}

/** A finish and a completion, or one typed error. */
function judgeEnd({ asking, chunks, end, completion }: Told): readonly string[] {
	const wrong: string[] = [];
	const finishes = chunks.filter(({ type }) => type === "finish").length;
	const failed = "error" in completion;
	if (finishes > 1) wrong.push(`${finishes} times finish`);
	if (finishes === 1 && chunks.at(-1)?.type !== "finish") wrong.push("something came after finish");
	if (end === "end" && (finishes !== 1 || failed))
		wrong.push(`it ended with ${finishes} finish and ${failed ? codeOf(completion.error) : "a completion"}`);
	if (typeof end === "object") {
		if (!isSpaceportError(end.error)) wrong.push(`an untyped error: ${String(end.error)}`);
		if (!failed) wrong.push("an error for the reader, and a completion");
		else if (codeOf(completion.error) !== codeOf(end.error))
			wrong.push(`${codeOf(end.error)} for the reader, and ${codeOf(completion.error)} besides`);
		if (codeOf(end.error) === "aborted" && asking.abortsAfter === undefined) wrong.push("aborted, and nobody did that");
	}
	if (end === "left" && failed && codeOf(completion.error) !== "aborted")
		wrong.push(`left, and the completion says ${codeOf(completion.error)}`);
	return wrong;
}

/** Nobody waits for longer than the total, but for what the reader takes. */
function judgeTime({ options }: World, { asking, from, until, chunks }: Told): readonly string[] {
	const totalMs = options.timeouts?.totalMs ?? defaultTimeouts.totalMs;
	const readingMs = asking.slow * (chunks.length + 1);
	const longest = Math.min(totalMs, asking.abortsAfter ?? Infinity) + readingMs + 3 * closingMs;
	return until - from <= longest ? [] : [`it took ${until - from} ms, and ${longest} are the most`];
}

/** Each attempt begins once and ends once, there are no more of them than there may be, and the completion has them all. */
function judgeAttempts({ options, actors }: World, { requestId, completion }: Told, { events }: Story): readonly string[] {
	const wrong: string[] = [];
	const own = events.filter((event) => event.requestId === requestId);
	const starts = own.flatMap((event) => (event.type === "attempt-start" ? [event] : []));
	const ends = own.flatMap((event) => (event.type === "attempt-end" ? [event] : []));
	const open = new Set<number>();
	for (const event of own) {
		if (event.type === "attempt-start") {
			if (open.size > 0) wrong.push(`attempt ${event.number} began before ${[...open].join()} had ended`);
			open.add(event.number);
		} else if (event.type === "attempt-end" && !open.delete(event.number)) wrong.push(`attempt ${event.number} ended, and had not begun`);
	}
	if (open.size > 0) wrong.push(`attempts ${[...open].join()} never ended`);
	if (starts.some(({ number }, index) => number !== index + 1))
		wrong.push(`attempts are numbered ${starts.map(({ number }) => number).join()}`);
	const answered = ends.filter(({ decision }) => decision === "answered");
	const failed = "error" in completion;
	if (answered.length > 1 || (answered.length === 0 && !failed)) wrong.push(`${answered.length} attempts answered`);
	const retries = options.retry?.retries ?? 2;
	const maxAttempts = options.retry?.maxAttempts ?? 20;
	if (starts.length > maxAttempts) wrong.push(`${starts.length} attempts, and ${maxAttempts} are the most`);
	for (const name of new Set(starts.map(({ provider }) => provider))) {
		const times = starts.filter(({ provider }) => provider === name).length;
		// A break may be followed by another round: nobody is asked for more than that each time.
		const keys = actors["ABCD".indexOf(name)]?.keys?.length ?? 1;
		// Each of its keys counts for itself.
		if (options.onInterruption === "fail" && times > (1 + retries) * keys)
			wrong.push(`${name} was asked ${times} times, with ${retries} retries`);
	}
	if (!failed && completion.attempts.length !== starts.length)
		wrong.push(`the completion has ${completion.attempts.length} of ${starts.length} attempts`);
	if (actors.length === 0) wrong.push("nobody is there");
	return wrong;
}

/** All that an error shows: its words, and those of what led to it. */
function textsOfErrors({ end, completion }: Told): readonly string[] {
	const errors = [typeof end === "object" ? end.error : undefined, "error" in completion ? completion.error : undefined];
	return errors.flatMap((error) => {
		const texts: string[] = [];
		for (let one = error; one instanceof Error && texts.length < 20; one = one.cause) {
			texts.push(one.message, String(one), isSpaceportError(one) ? `${one.hint ?? ""} ${JSON.stringify(one)}` : "");
		}
		return texts;
	});
}
