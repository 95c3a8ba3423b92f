import { withoutUndefined } from "../chain/without-undefined.ts";
import type { ReportedLimit, ReportedLimits } from "../provider.ts";
import { type HeadersLike, readHeaders } from "./headers-like.ts";
import { readTime } from "./read-time.ts";

const windows: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `X-RateLimit-Remaining`, `x-ratelimit-reset-tokens`, `x-ratelimit-limit-req-minute`, `RateLimit-Limit`, `x-rate-limit-reset`, `x-ratelimit-reset-after`. */
const common =
	/^(?:x-)?rate-?limit-(limit|remaining|reset)(?:-after)?(?:-(requests?|req|tokens?))?(?:-(?:prompt|generated|input|output))?(?:-(second|minute|hour|day|month))?$/;
/** `anthropic-ratelimit-input-tokens-remaining`; `unified` are a subscription's requests. */
const byResource = /^[a-z]+-(?:ratelimit|priority)-(?:(?:input|output)-)?(requests|tokens|unified)-(limit|remaining|reset)$/;

type Resource = "requests" | "tokens";
type Found = { -readonly [Name in keyof ReportedLimit]: ReportedLimit[Name] };

/**
 * What the headers of an answer say of the provider's limits: `x-ratelimit-*` as OpenAI, Azure, Groq, Cerebras, Mistral, OpenRouter and GitHub send them,
 * `anthropic-ratelimit-*`, and the `RateLimit` and `RateLimit-Policy` fields of the IETF in their forms. Of several windows the one counts that has least left.
 *
 * @param headers - of any answer, good or bad
 * @param now - the clock, in milliseconds since 1970. Times of day are compared with the answer's own `Date` where it has one. @default Date.now()
 * @returns undefined where they say nothing of it
 *
 * @example
 * ```ts
 * import { readRateLimits } from "@spaceport/core";
 *
 * const headers = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2m59.56s" };
 * console.log(readRateLimits(headers)); // { requests: { remaining: 0, resetMs: 179560 } }
 * ```
 */
export function readRateLimits(headers: HeadersLike | null | undefined, now: number = Date.now()): ReportedLimits | undefined {
	const { requests, tokens } = readAllLimits(readHeaders(headers), now);
	const found = { ...pick("requests", requests), ...pick("tokens", tokens) };
	return Object.keys(found).length === 0 ? undefined : found;
}

/**
 * Every limit that headers name.
 *
 * @param headers - by their names
 * @param now - the clock, in milliseconds since 1970
 */
export function readAllLimits(
	headers: ReadonlyMap<string, string>,
	now: number,
): { readonly [Name in Resource]: readonly ReportedLimit[] } {
	const found = { requests: new Map<string, Found>(), tokens: new Map<string, Found>() };
	const clock = serverTime(headers, now);
	function put(resource: Resource, window: string, name: keyof ReportedLimit, value: number | undefined): void {
		if (value === undefined || !Number.isFinite(value)) return;
		const limit = found[resource].get(window) ?? {};
		found[resource].set(window, limit);
		limit[name] ??= Math.max(0, value);
	}
	for (const [header, value] of headers) {
		const [, kind, what = "requests", window = ""] = common.exec(header) ?? swapped(byResource.exec(header)) ?? [];
		if (kind === undefined) continue;
		const resource = what.startsWith("t") ? "tokens" : "requests";
		if (kind === "reset") put(resource, window, "resetMs", readTime(value, clock));
		else put(resource, window, kind as "limit" | "remaining", leadingNumber(value));
		if (window in windows) put(resource, window, "windowMs", windows[window]);
		// The first draft of the IETF puts the window there: `100, 100;w=60`.
		const inValue = kind === "limit" ? /;\s*w(?:indow)?=(\d+)/.exec(value)?.[1] : undefined;
		if (inValue !== undefined) put(resource, window, "windowMs", Number(inValue) * 1000);
	}
	const requests = [...found.requests.values(), ...readStructured(headers.get("ratelimit"), headers.get("ratelimit-policy"))];
	return { requests, tokens: [...found.tokens.values()] };
}

/** The clock of who sent the headers, where they tell it: times of day that they name are by that one. */
export function serverTime(headers: ReadonlyMap<string, string>, now: number): number {
	const date = headers.get("date");
	const away = date === undefined ? undefined : readTime(date, now);
	return away === undefined ? now : now + away;
}

function swapped(match: RegExpExecArray | null): readonly string[] | undefined {
	return match === null ? undefined : ["", match[2] as string, match[1] as string];
}

/** `RateLimit: "api";r=0;t=55`, or as it was before: `limit=100, remaining=50, reset=5`. */
function readStructured(text: string | undefined, policy: string | undefined): ReportedLimit[] {
	if (text === undefined) return [];
	const old = { limit: field(text, "limit"), remaining: field(text, "remaining"), resetMs: inMs(field(text, "reset")) };
	if (old.remaining !== undefined || old.limit !== undefined) return [withoutUndefined(old)];
	const policies = (policy ?? "").split(",").filter((one) => /[;\s]q=/.test(one) || /^\s*\d+\s*;/.test(one));
	return text.split(",").flatMap((item) => {
		const remaining = field(item, "r");
		const resetMs = inMs(field(item, "t"));
		if (remaining === undefined && resetMs === undefined) return [];
		const name = /"[^"]*"/.exec(item)?.[0];
		const own = policies.find((one) => name !== undefined && one.includes(name)) ?? (policies.length === 1 ? policies[0] : undefined);
		const unit = own === undefined ? undefined : /;\s*qu="([^"]*)"/.exec(own)?.[1];
		if (unit !== undefined && unit !== "requests") return [];
		const limit = own === undefined ? undefined : (field(own, "q") ?? leadingNumber(own));
		return [withoutUndefined({ limit, remaining, resetMs, windowMs: own === undefined ? undefined : inMs(field(own, "w")) })];
	});
}

function field(text: string, name: string): number | undefined {
	const value = new RegExp(`(?:^|[;,\\s])${name}\\s*=\\s*(\\d+(?:\\.\\d+)?)`, "i").exec(text)?.[1];
	return value === undefined ? undefined : Number(value);
}

function inMs(seconds: number | undefined): number | undefined {
	return seconds === undefined ? undefined : seconds * 1000;
}

function leadingNumber(text: string): number | undefined {
	const value = /^\s*(-?\d+(?:\.\d+)?)/.exec(text)?.[1];
	return value === undefined ? undefined : Number(value);
}

/** The limit that is nearest: the one with least left, and of those the one that takes longest to be whole again. */
function pick(resource: Resource, limits: readonly ReportedLimit[]): ReportedLimits {
	const [nearest] = limits.toSorted(
		(one, other) =>
			(one.remaining ?? Infinity) - (other.remaining ?? Infinity) ||
			(other.resetMs ?? 0) - (one.resetMs ?? 0) ||
			(one.limit ?? 0) - (other.limit ?? 0),
	);
	return nearest === undefined ? {} : { [resource]: nearest };
}
