import type { HeadersLike } from "./headers-like.ts";
import { readDuration, readTime } from "./read-time.ts";
import { readWaitInWords } from "./read-wait-in-words.ts";

/** How deep a body is looked into, and at how many of its values. */
const deepest = 8;
const mostValues = 500;
/** A body is read as JSON up to this many characters. */
const longestJson = 100_000;

/** Names of values that say how long to wait, in small letters without `_` and `-`, and what a bare number among them is in milliseconds. */
const waits: Readonly<Record<string, number>> = {
	retryafterms: 1,
	retryinms: 1,
	retrydelayms: 1,
	retryafter: 1000,
	retryafterseconds: 1000,
	retryaftersecs: 1000,
	retryinseconds: 1000,
	retrydelay: 1000,
	quotaresetdelay: 1000,
	estimatedtime: 1000,
	resetsinseconds: 1000,
	resetinseconds: 1000,
	resetsin: 1000,
	waitseconds: 1000,
};
/** Names of values that say when: times as in headers. */
const times: ReadonlySet<string> = new Set(["resetsat", "resetat", "retryat", "availableat", "quotaresettimestamp"]);

/** What a body says of when to ask again. */
export interface BodyWait {
	/** In a field of its own. */
	readonly stated?: number | undefined;
	/** In words. */
	readonly inWords?: number | undefined;
	/** Headers of another answer that it hands on. */
	readonly headers?: HeadersLike | undefined;
}

/**
 * Reads the body of a failure, whatever its form: JSON, or a text with JSON in it, or words.
 *
 * @param body - text, or a value that JSON can hold
 * @param now - the clock, in milliseconds since 1970
 */
export function readWaitInBody(body: unknown, now: number): BodyWait {
	let stated: number | undefined;
	let inWords: number | undefined;
	let headers: HeadersLike | undefined;
	let left = mostValues;

	function visit(value: unknown, name: string, depth: number): void {
		left -= 1;
		if (left < 0 || depth > deepest) return;
		const key = name.toLowerCase().replaceAll(/[_-]/g, "");
		stated ??= readStated(key, value, now);
		if (typeof value === "string") {
			const json = parse(value);
			if (json !== undefined) visit(json, "", depth + 1);
			// A field that has nothing to do with waiting may hold what the user asked.
			else if (wordy.has(key)) inWords ??= readWaitInWords(value, now);
		} else if (Array.isArray(value)) for (const item of value) visit(item, name, depth + 1);
		else if (typeof value === "object" && value !== null) {
			if (key === "headers") headers ??= value as HeadersLike;
			else for (const [own, item] of Object.entries(value)) visit(item, own, depth + 1);
		}
	}

	visit(body, "", 0);
	return { stated, inWords, headers };
}

/** Names of texts for people; the whole body has none. */
const wordy: ReadonlySet<string> = new Set([
	"",
	"message",
	"msg",
	"error",
	"errors",
	"errormessage",
	"detail",
	"details",
	"description",
	"reason",
	"title",
	"raw",
]);

function readStated(key: string, value: unknown, now: number): number | undefined {
	if (times.has(key) && (typeof value === "string" || typeof value === "number")) return readTime(String(value), now);
	const factor = Object.hasOwn(waits, key) ? waits[key] : undefined;
	if (factor === undefined) return undefined;
	if (typeof value === "number") return value * factor;
	if (typeof value === "string") {
		const number = value.trim() === "" ? Number.NaN : Number(value);
		return Number.isNaN(number) ? (readDuration(value) ?? readTime(value, now)) : number * factor;
	}
	// Protobuf's Duration, as an object.
	const { seconds, nanos } = (value ?? {}) as { readonly seconds?: unknown; readonly nanos?: unknown };
	if (seconds === undefined && nanos === undefined) return undefined;
	return Number(seconds ?? 0) * 1000 + Number(nanos ?? 0) / 1e6;
}

function parse(text: string): object | undefined {
	const trimmed = text.trim();
	if (!/^[[{]/.test(trimmed) || trimmed.length > longestJson) return undefined;
	try {
		return JSON.parse(trimmed) as object;
	} catch {
		return undefined;
	}
}
