import type { ReportedLimit } from "../provider.ts";
import { type HeadersLike, readHeaders } from "./headers-like.ts";
import { readAllLimits, serverTime } from "./read-rate-limits.ts";
import { readTime } from "./read-time.ts";
import { type BodyWait, readWaitInBody } from "./read-wait-in-body.ts";

/** What {@link readRetryAfter} reads. */
export interface RetryAfterSources {
	/** The headers of the answer. */
	readonly headers?: HeadersLike | null | undefined;
	/** Its body: text, or parsed; or any other words, such as an error's message. */
	readonly body?: unknown;
	/** The clock, in milliseconds since 1970. @default Date.now() */
	readonly now?: number | undefined;
}

/** The longest wait that is believed, in milliseconds: a week. */
const longestMs = 604_800_000;

const inMilliseconds = ["retry-after-ms", "x-ms-retry-after-ms", "x-retry-after-ms"];
const inSeconds = ["retry-after", "x-retry-after"];

/**
 * When a provider wants to be asked again, in any of the spellings that are in use. What it says outright counts first (`retry-after-ms`, `Retry-After`: seconds, a
 * date, `17s`), then what its body says (`retryDelay: "17s"`, `retry_after`, "try again in 2m59.56s"), then when the limit that is used up is whole again
 * (`x-ratelimit-reset-requests`, `X-RateLimit-Reset` in seconds or milliseconds since 1970, `anthropic-ratelimit-tokens-reset`, `RateLimit: "api";r=0;t=55`).
 *
 * @param sources - headers, body
 * @returns milliseconds from now, from 0 to a week; undefined where nothing says so
 *
 * @example
 * ```ts
 * import { readRetryAfter } from "@spaceport/core";
 *
 * console.log(readRetryAfter({ headers: { "retry-after": "7" } })); // 7000
 * console.log(readRetryAfter({ body: "Limit 20 requests, used 20. Please try again in 2m59.56s." })); // 179560
 * ```
 */
export function readRetryAfter({ headers, body, now = Date.now() }: RetryAfterSources): number | undefined {
	const found = readHeaders(headers);
	const said: BodyWait = body === undefined || body === null ? {} : readWaitInBody(body, now);
	const handedOn = readHeaders(said.headers);
	const wait =
		readOutright(found, now) ??
		usable(said.stated) ??
		readOutright(handedOn, now) ??
		usable(said.inWords) ??
		readResets(found, now) ??
		readResets(handedOn, now);
	return wait === undefined ? undefined : Math.min(Math.max(0, Math.round(wait)), longestMs);
}

/** What headers say that are for this alone. */
function readOutright(headers: ReadonlyMap<string, string>, now: number): number | undefined {
	for (const name of inMilliseconds) {
		const value = headers.get(name);
		const ms = value === undefined || value === "" ? undefined : usable(Number(value));
		if (ms !== undefined) return ms;
	}
	for (const name of inSeconds) {
		const value = headers.get(name);
		const wait = value === undefined ? undefined : usable(readTime(value, serverTime(headers, now)));
		if (wait !== undefined) return wait;
	}
	return undefined;
}

/** When the limit is whole again that is used up; where none says so, the one that has no more to say than that. */
function readResets(headers: ReadonlyMap<string, string>, now: number): number | undefined {
	const { requests, tokens } = readAllLimits(headers, now);
	const limits = [...requests, ...tokens];
	const usedUp = limits.filter(({ remaining }) => remaining === 0);
	const longest = longestOf(usedUp);
	return longest ?? (usedUp.length > 0 ? undefined : longestOf(limits.filter(({ remaining }) => remaining === undefined)));
}

function longestOf(limits: readonly ReportedLimit[]): number | undefined {
	const resets = limits.flatMap(({ resetMs }) => (resetMs === undefined ? [] : [resetMs]));
	return resets.length === 0 ? undefined : Math.max(...resets);
}

function usable(value: number | undefined): number | undefined {
	return value === undefined || Number.isNaN(value) ? undefined : value;
}
