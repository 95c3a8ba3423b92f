import { type Chunk, createSpaceport, isSpaceportError, type SpaceportEvent } from "@spaceport/core";
import { expect } from "vitest";

import { createOpenAICompatible, type OpenAICompatibleProvider } from "../../src/index.ts";
import type { ByteServer, Step } from "./byte-server.ts";
import type { ByteFault } from "./faults.ts";
import { answer, failure, head, pieces, role, says, streamHead, whole } from "./wire-bytes.ts";

/** Whom it strikes, and who else there is: one that is well, one that breaks off in the midst of its answer, or one that refuses the key. */
export const positions = {
	alone: ["struck"],
	first: ["struck", "well", "well"],
	middle: ["breaks", "struck", "well"],
	last: ["refuses", "refuses", "struck"],
} as const;
export type Position = keyof typeof positions;

/** What one case came to. */
export interface Outcome {
	/** Who was asked, from the first one that the fault struck, or, where it was to go on, from there. */
	readonly asked: readonly string[];
	readonly seams: number;
	readonly warnings: readonly string[];
	readonly text: string;
	/** Its own code, and that of what it came of. */
	readonly error?: { readonly code: string; readonly why?: string | undefined; readonly textSoFar?: string };
}

/** Where the cases are played. */
export interface Stage {
	readonly server: ByteServer;
	/** Another origin. */
	readonly elsewhere: ByteServer;
	/** An address on which nobody listens. */
	readonly nobody: string;
}

const scripts: Readonly<Record<"well" | "breaks" | "refuses", readonly Step[]>> = {
	well: [streamHead(), whole, "end"],
	breaks: [streamHead(), role + says(pieces[0]), "reset"],
	refuses: [head(401, { "content-type": "application/json" }), failure({ code: "invalid_api_key" }), "end"],
};

/** Long enough for a machine that is busy, and short enough for a test. */
const shortMs = 1000;
const shortTimeouts = { connectMs: shortMs, firstChunkMs: shortMs + 200, lastFirstChunkMs: shortMs + 200, idleMs: shortMs };

let cases = 0;

/** Plays one case to its end. */
export async function play(fault: ByteFault, position: Position, { server, elsewhere, nobody }: Stage): Promise<Outcome> {
	cases += 1;
	const secrets: string[] = [];
	const members = positions[position].map((part, index): OpenAICompatibleProvider => {
		const name = "ABC"[index] as string;
		const who = `${cases}${name}`;
		const pathOf = (whose: string): string => `/${whose}/v1/chat/completions`;
		const moved = `${who}-moved`;
		for (const one of [server, elsewhere]) one.play(moved, scripts.well);
		const { script } = fault;
		const struck =
			typeof script !== "function"
				? script
				: script({
						self: server.origin + pathOf(who),
						samePlace: server.origin + pathOf(moved),
						elsewhere: elsewhere.origin + pathOf(moved),
					});
		server.play(who, part === "struck" ? struck : scripts[part]);
		if (part === "struck" && fault.models !== undefined) server.play(`${who}/models`, fault.models);
		const apiKey = `sk-very-secret-${who}`;
		secrets.push(apiKey);
		const origin = part === "struck" && fault.nobody === true ? nobody : server.origin;
		return createOpenAICompatible({ name, baseUrl: `${origin}/${who}/v1`, apiKey, models: ["m"] });
	});
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({
		...(position === "alone" ? { providers: members } : { chains: { default: members } }),
		retry: { minDelayMs: 1, maxDelayMs: 1, maxRetryAfterMs: 1000, ...(position === "alone" && { retries: 0 }) },
		...(fault.silent === true && { timeouts: shortTimeouts }),
		random: () => 0,
		onEvent: (event) => events.push(event),
	});
	const seen: Chunk[] = [];
	const stream = spaceport.stream(
		{ messages: "Why is the sky blue?", ...(position === "alone" && { model: "A" }) },
		{ onChunk: (chunk) => seen.push(chunk) },
	);
	let error: unknown;
	try {
		for await (const _ of stream);
	} catch (thrown) {
		error = thrown;
	}
	for (const secret of secrets) expect(inspect(error), "no key is shown").not.toContain(secret);
	for (const { headers, body } of elsewhere.requests)
		expect([...headers.values(), body].join(" "), "no key goes elsewhere").not.toContain("secret");

	const from = { alone: 0, first: 0, middle: 1, last: 2 }[position];
	const asked = events.flatMap((event) => (event.type === "attempt-start" ? [event.provider] : [])).slice(from);
	const completion = await stream.completion.catch(() => undefined);
	const text = textOf(seen);
	if (completion !== undefined) expect(completion.text).toBe(text);
	return {
		asked,
		seams: seen.filter(({ type }) => type === "seam").length,
		// What an answer that broke off used is known to nobody.
		warnings: (completion?.warnings ?? []).filter((warning) => !warning.startsWith("usage is left out")),
		text,
		...(error !== undefined && { error: describe(error) }),
	};
}

function textOf(chunks: readonly Chunk[]): string {
	let text = "";
	for (const chunk of chunks) if (chunk.type === "text-delta") text += chunk.text;
	return text;
}

function describe(error: unknown): NonNullable<Outcome["error"]> {
	if (!isSpaceportError(error)) return { code: `untyped: ${String(error)}` };
	const cause = isSpaceportError(error, "chain-exhausted") ? error.lastError : error.cause;
	return {
		code: error.code,
		why: isSpaceportError(cause) && cause.code !== error.code ? cause.code : undefined,
		...(isSpaceportError(error, "stream-interrupted") && { textSoFar: error.textSoFar }),
	};
}

/** All texts of an error and of what it came of. */
function inspect(error: unknown): string {
	const texts: string[] = [];
	for (let one = error; one instanceof Error; one = one.cause) texts.push(String(one.stack), JSON.stringify(one));
	return texts.join("\n");
}

/** An outcome in the few words in which the expectations and the page are written. */
export function inWords({ asked, seams, warnings, text, error }: Outcome, position: Position): string {
	const words: string[] = [];
	// Whoever goes on is named; who began is not.
	for (const [index, who] of asked.entries()) {
		if (position === "middle" ? index >= 0 : index > 0) words.push(who === asked[index - 1] ? `${who} again` : who);
	}
	if (error === undefined) {
		const how = seams > 0 ? "goes on" : "answers";
		const warned = warnings.length > 0 ? ", with a warning" : "";
		words.push(`${how}${warned}${text === answer ? "" : `, WRONG TEXT ${JSON.stringify(text)}`}`);
		return words.join(", ").replace(/, (answers|goes on)/, " $1");
	}
	const why = error.why === undefined ? "" : ` (${error.why})`;
	const kept =
		error.textSoFar === undefined || (text === "" && error.textSoFar === "")
			? ""
			: error.textSoFar === text
				? ", text kept"
				: `, TEXT LOST ${JSON.stringify(error.textSoFar)}`;
	const right = answer.startsWith(text) ? "" : `, WRONG TEXT ${JSON.stringify(text)}`;
	return [...words, `ends in ${error.code}${why}${kept}${right}`].join(", ");
}
