import {
	type AsyncGeneratorProvider,
	type Chunk,
	createSpaceport,
	type InterruptionPolicy,
	isSpaceportError,
	type SpaceportEvent,
	UnsupportedError,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { expect, vi } from "vitest";

import type { Fault } from "./faults.ts";

/** The answer that every provider gives, in the pieces in which it comes. */
const pieces = ["The sky is blue ", "because air scatters ", "blue light more ", "than red."];
export const answer: string = pieces.join("");

/** Where a broken answer is to be answered anew, all others have words of their own. */
const otherPieces = ["Short waves are ", "scattered most."];

/** When it strikes: what of the answer came before. White space is nothing of it. */
export const moments = {
	before: 0,
	"with the first chunk": 1,
	during: 3,
	"after all text": pieces.length,
} as const;
export type Moment = keyof typeof moments;

/** What happens when an answer breaks, and how it is read where that makes a difference: text that was read cannot be taken back. */
export const policies = {
	fail: { onInterruption: "fail", reads: ["chunks", "text"] },
	continue: { onInterruption: "continue", reads: ["chunks", "text"] },
	restart: { onInterruption: "restart", reads: ["chunks"] },
	"restart, as text": { onInterruption: "restart", reads: ["text"] },
} as const satisfies Readonly<
	Record<string, { readonly onInterruption: InterruptionPolicy; readonly reads: readonly ("chunks" | "text")[] }>
>;
export type Policy = keyof typeof policies;

/** Whom it strikes, and who else there is. `out` never answers (`unsupported`), `well` always does. */
export const positions = {
	"A, once": ["once", "well"],
	"A, always": ["always", "well"],
	"B, after A": ["out", "always", "well"],
	"B, the last": ["out", "always"],
	"A and B": ["always", "always"],
	"alone, once": ["once"],
	"alone, always": ["always"],
} as const;
export type Position = keyof typeof positions;

/** What one case came to. */
export interface Outcome {
	/** Who was asked, from the first one that the fault struck, and how long after the attempt before had begun, in milliseconds. */
	readonly asked: readonly { readonly who: string; readonly afterMs: number }[];
	/** From the last attempt's begin to the end, in milliseconds. */
	readonly endedAfterMs: number;
	readonly seams: readonly { readonly how: string; readonly from: string; readonly to: string; readonly at: number }[];
	readonly replaced: boolean;
	readonly text: string;
	/** What the text is to be where it is whole. */
	readonly whole: string;
	/** Its own code, and that of the last failure where it is a chain's. */
	readonly error?: { readonly code: string; readonly last?: string; readonly textSoFar?: string; readonly cause?: string };
}

interface Part {
	readonly role: "once" | "always" | "out" | "well";
	readonly strike: readonly ScriptStep[];
	/** What it says when nothing strikes it. */
	readonly says: readonly string[];
}

function providerFor(name: string, { role, strike, says }: Part, fault: Fault): ScriptedProvider {
	const well: readonly ScriptStep[] = [...says, { type: "finish", finishReason: "stop" }];
	const struck = role === "once" || role === "always";
	const scripts = {
		once: [strike, well],
		always: [strike],
		out: [[{ fail: new UnsupportedError("not this one", { capability: "tools" }) }]],
		well: [well],
	};
	const contextTokens = struck ? undefined : fault.othersContextTokens;
	return createScriptedProvider({ name, models: [{ id: name, ...(contextTokens && { contextTokens }) }], scripts: scripts[role] });
}

/**
 * Runs one case to its end on the fake clock.
 *
 * @param how - whether the caller reads chunks or text
 */
export async function play(
	fault: Fault,
	moment: Moment,
	position: Position,
	policy: InterruptionPolicy,
	how: "chunks" | "text",
): Promise<Outcome> {
	const controller = new AbortController();
	const said = pieces.slice(0, moments[moment]);
	const says = policy === "restart" && said.length > 0 ? otherPieces : pieces;
	const strike = [...said, ...fault.strike(() => controller.abort(new Error("the caller left")))];
	const roles = positions[position];
	const scripted = roles.map((role, index) => providerFor("ABC"[index] as string, { role, strike, says }, fault));
	const members = scripted.map((provider, index): AsyncGeneratorProvider => {
		const role = roles[index];
		return fault.wrap === undefined || role === "well" || role === "out" ? provider : fault.wrap(provider);
	});
	const events: SpaceportEvent[] = [];
	const starts: { who: string; at: number }[] = [];
	const spaceport = createSpaceport({
		...fault.options,
		...(members.length === 1 ? { providers: members } : { chains: { default: members } }),
		random: () => 0,
		onEvent(event) {
			events.push(event);
			if (event.type === "attempt-start") starts.push({ who: event.provider, at: performance.now() });
		},
	});
	const seen: Chunk[] = [];
	const model = members.length === 1 ? (members[0] as AsyncGeneratorProvider).name : undefined;
	const stream = spaceport.stream(
		{ messages: "Why is the sky blue?", ...(model !== undefined && { model }) },
		{ signal: controller.signal, onInterruption: policy, onChunk: (chunk) => seen.push(chunk) },
	);
	let given = "";
	let endedAt = 0;
	async function read(): Promise<unknown> {
		try {
			if (how === "chunks") for await (const _ of stream);
			else for await (const piece of stream.textStream) given += piece;
			return undefined;
		} catch (error) {
			return error;
		} finally {
			endedAt = performance.now();
		}
	}
	const reading = read();
	await vi.runAllTimersAsync();
	const error = await reading;

	const text = textOf(seen);
	const completion = await stream.completion.then(
		(value) => value,
		() => undefined,
	);
	expectBalance(events, scripted, error === undefined);
	expect(completion === undefined, "exactly one end: a completion, or an error").toBe(error !== undefined);
	if (completion !== undefined) expect(completion.text).toBe(text);
	if (how === "text" && error === undefined) expect(given).toBe(text);
	// Text that was given cannot be taken back: where the answer is begun anew, that is all there is of the one before.
	const anew = how === "text" && seen.some((chunk) => chunk.type === "seam" && chunk.how === "restart");
	if (how === "text")
		expect((anew ? said.join("") : text).startsWith(given), "the text stream has nothing that the chunks have not").toBe(true);

	const from = roles[0] === "out" ? 1 : 0;
	const asked = starts
		.slice(from)
		.map(({ who, at }, index) => ({ who, afterMs: index === 0 ? 0 : at - (starts[from + index - 1]?.at ?? 0) }));
	return {
		asked,
		endedAfterMs: endedAt - (starts.at(-1)?.at ?? 0),
		seams: seen.flatMap((chunk) => (chunk.type === "seam" ? [{ how: chunk.how, from: chunk.from, to: chunk.to, at: chunk.at }] : [])),
		replaced: seen.some(({ type }) => type === "text-replace"),
		text: anew && error !== undefined ? given : text,
		whole: says.join(""),
		...(error !== undefined && { error: describe(error) }),
	};
}

/** What must be so however it ends: no timer is left, each attempt has one begin and one end, and each provider's stream was closed. */
function expectBalance(events: readonly SpaceportEvent[], providers: readonly ScriptedProvider[], answered: boolean): void {
	expect(vi.getTimerCount(), "no timer is left").toBe(0);
	const numbers = (type: "attempt-start" | "attempt-end"): readonly number[] =>
		events.flatMap((event) => (event.type === type ? [event.number] : []));
	expect(numbers("attempt-end"), "each attempt ends, in order").toEqual(numbers("attempt-start"));
	expect(numbers("attempt-start")).toEqual(numbers("attempt-start").map((_, index) => index + 1));
	const ends = events.filter((event) => event.type === "attempt-end");
	expect(ends.filter(({ decision }) => decision === "answered")).toHaveLength(answered ? 1 : 0);
	expect(ends.at(-1)?.decision).toBe(answered ? "answered" : "fail");
	const running = providers.flatMap(({ calls }) => calls).filter(({ context, state }) => state === "running" && !context.signal.aborted);
	expect(running, "no provider is at work that was not told to stop").toEqual([]);
}

function textOf(chunks: readonly Chunk[]): string {
	let text = "";
	for (const chunk of chunks) {
		if (chunk.type === "text-delta") text += chunk.text;
		else if (chunk.type === "text-replace") text = chunk.text;
		// A seam says where: nothing stands behind that place, or, where it starts anew, nothing counts any more.
		else if (chunk.type === "seam") expect(chunk.at).toBe(chunk.how === "continue" ? text.length : 0);
	}
	return text;
}

function describe(error: unknown): NonNullable<Outcome["error"]> {
	if (!isSpaceportError(error)) return { code: `untyped: ${String(error)}` };
	return {
		code: error.code,
		...(isSpaceportError(error, "chain-exhausted") && { last: error.lastError.code }),
		...(isSpaceportError(error, "stream-interrupted") && { textSoFar: error.textSoFar }),
		...(isSpaceportError(error.cause) && { cause: error.cause.code }),
	};
}
