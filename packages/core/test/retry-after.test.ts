import { type HeadersLike, readRateLimits, readRetryAfter } from "@spaceport/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { readWaitInWords } from "../src/http/read-wait-in-words.ts";

/** 1994-11-06, 08:49:00 in UTC: 37 seconds before the date that HTTP takes for its examples. */
const now = Date.UTC(1994, 10, 6, 8, 49, 0);
const today = Date.UTC(2026, 0, 15, 12, 0, 0);
const weekMs = 604_800_000;

describe("what headers say", () => {
	test.for<[what: string, headers: HeadersLike, wait: number | undefined, at?: number]>([
		["seconds", { "retry-after": "7" }, 7000],
		["seconds with a fraction", { "Retry-After": "1.5" }, 1500],
		["a number of Node's", { "retry-after": 30 }, 30_000],
		["the first of several", { "retry-after": ["3", "5"] }, 3000],
		["spaces around", new Headers({ "retry-after": "  12 " }), 12_000],
		["0: at once", { "retry-after": "0" }, 0],
		["below 0: at once", { "retry-after": "-5" }, 0],
		["with a unit", { "retry-after": "17s" }, 17_000],
		["with units", { "retry-after": "1m30s" }, 90_000],
		["HTTP's date", { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }, 37_000],
		["HTTP's date, in the form of RFC 850", { "retry-after": "Sunday, 06-Nov-94 08:49:37 GMT" }, 37_000],
		["HTTP's date, in the form of asctime", { "retry-after": "Sun Nov  6 08:49:37 1994" }, 37_000],
		["a date that is past", { "retry-after": "Sun, 06 Nov 1994 08:48:00 GMT" }, 0],
		["two digits of a year that was", { "retry-after": "Sunday, 06-Nov-94 08:49:37 GMT" }, 0, today],
		["ISO's date", { "retry-after": "2026-01-15T12:00:20Z" }, 20_000, today],
		["ISO's date without a zone, which is in UTC", { "retry-after": "2026-01-15 12:00:20" }, 20_000, today],
		["seconds since 1970", { "retry-after": String(today / 1000 + 9) }, 9000, today],
		["huge", { "retry-after": "999999999999" }, weekMs, today],
		["more than huge", { "retry-after": "1e999" }, weekMs],
		["a date in a hundred years", { "retry-after": "Fri, 06 Nov 2094 08:49:37 GMT" }, weekMs],
		["Azure's milliseconds", { "retry-after-ms": "1234" }, 1234],
		["Azure's other name for them", { "x-ms-retry-after-ms": "120" }, 120],
		["milliseconds are more exact than seconds", { "retry-after": "1", "retry-after-ms": "850" }, 850],
		["milliseconds that are none", { "retry-after-ms": "soon", "retry-after": "4" }, 4000],
		["NaN", { "retry-after": "NaN" }, undefined],
		["nothing", { "retry-after": "" }, undefined],
		["words", { "retry-after": "later" }, undefined],
		["a word that Date.parse takes for a year", { "retry-after": "unit 7" }, undefined],
		["something else", { "content-length": "20" }, undefined],
		[
			"Retry-After before a reset that says otherwise",
			{ "retry-after": "2", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "3600" },
			2000,
		],
		["a Retry-After that says nothing, and a reset", { "retry-after": "soon", ratelimit: '"api";r=0;t=55' }, 55_000],
		[
			"OpenAI's",
			{
				"x-ratelimit-remaining-requests": "0",
				"x-ratelimit-reset-requests": "1s",
				"x-ratelimit-remaining-tokens": "149984",
				"x-ratelimit-reset-tokens": "6m0s",
			},
			1000,
		],
		[
			"OpenAI's, both used up: the longer",
			{
				"x-ratelimit-remaining-requests": "0",
				"x-ratelimit-reset-requests": "1s",
				"x-ratelimit-remaining-tokens": "0",
				"x-ratelimit-reset-tokens": "6m0s",
			},
			360_000,
		],
		["nothing used up", { "x-ratelimit-remaining-requests": "9", "x-ratelimit-reset-requests": "6m0s" }, undefined],
		[
			"Groq's",
			{
				"x-ratelimit-remaining-requests": "0",
				"x-ratelimit-reset-requests": "2m59.56s",
				"x-ratelimit-remaining-tokens": "17",
				"x-ratelimit-reset-tokens": "7.66s",
			},
			179_560,
		],
		["milliseconds with their unit", { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "17ms" }, 17],
		[
			"Cerebras'",
			{
				"x-ratelimit-remaining-tokens-minute": "0",
				"x-ratelimit-reset-tokens-minute": "26.5",
				"x-ratelimit-remaining-requests-day": "10",
				"x-ratelimit-reset-requests-day": "33011.38",
			},
			26_500,
		],
		["Mistral's, which has no reset", { "x-ratelimit-remaining-req-minute": "0" }, undefined],
		[
			"Anthropic's",
			{
				"anthropic-ratelimit-tokens-remaining": "0",
				"anthropic-ratelimit-tokens-reset": "2026-01-15T12:00:32Z",
				"anthropic-ratelimit-requests-remaining": "49",
				"anthropic-ratelimit-requests-reset": "2026-01-15T12:00:02Z",
			},
			32_000,
			today,
		],
		["Anthropic's for subscriptions", { "anthropic-ratelimit-unified-reset": String(today / 1000 + 3600) }, 3_600_000, today],
		[
			"OpenRouter's: milliseconds since 1970",
			{ "X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(today + 41_000) },
			41_000,
			today,
		],
		["GitHub's: seconds since 1970", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(today / 1000 + 41) }, 41_000, today],
		["Discord's", { "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.25" }, 1250],
		["Twitter's", { "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(today / 1000 + 5) }, 5000, today],
		["Together's: seconds", { "x-ratelimit-reset": "3" }, 3000],
		[
			"a date as it is written in JavaScript",
			{ "x-ratelimit-reset": "Thu Jan 15 2026 13:00:42 GMT+0100 (Central European Standard Time)" },
			42_000,
			today,
		],
		["a reset that is past", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(today / 1000 - 5) }, 0, today],
		["the hub's", { ratelimit: '"api";r=0;t=55', "ratelimit-policy": '"fixed window";"api";q=500;w=300' }, 55_000],
		["IETF's first form", { "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "50" }, 50_000],
		["IETF's second form", { ratelimit: "limit=100, remaining=0, reset=5" }, 5000],
		["IETF's, of two the one that is used up", { ratelimit: '"burst";r=0;t=3, "daily";r=900;t=36000' }, 3000],
		["by the clock of who sent it", { date: "Thu, 15 Jan 2026 18:00:00 GMT", "retry-after": "Thu, 15 Jan 2026 18:00:09 GMT" }, 9000, today],
	])("%s", ([, headers, wait, at = now]) => {
		expect(readRetryAfter({ headers, now: at })).toBe(wait);
		const entries =
			headers instanceof Headers
				? headers
				: Object.entries(headers).flatMap(([name, value]) => (Array.isArray(value) ? [] : [[name, String(value)] as const]));
		if (Array.isArray(entries) && entries.length > 0) expect(readRetryAfter({ headers: new Map(entries), now: at })).toBe(wait);
	});
});

describe("what bodies say", () => {
	const google = (retryDelay: unknown) => ({
		error: {
			code: 429,
			message: "You exceeded your current quota.\n* Quota exceeded for metric: requests, limit: 20",
			status: "RESOURCE_EXHAUSTED",
			details: [
				{ "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaValue: "20" }] },
				{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
			],
		},
	});

	test.for<[what: string, body: unknown, wait: number | undefined]>([
		["Google's", google("17s"), 17_000],
		["Google's, as text", JSON.stringify(google("17.5s")), 17_500],
		["Google's, as a list, which its streams send", [google("3s")], 3000],
		["Google's, in the words of protobuf", google({ seconds: "4", nanos: 500_000_000 }), 4500],
		["Google's, in the words of a client", "429 Resource has been exhausted. [links {} , retry_delay { seconds: 23 }]", 23_000],
		["Google's, quoted in a message", { error: { message: JSON.stringify(google("8s")) } }, 8000],
		["Google's, cut off", JSON.stringify(google("17s")).slice(0, -3), 17_000],
		["Google's, as Python prints it", "{'error': {'details': [{'retryDelay': '17s'}]}}", 17_000],
		["Google's command line", "Your quota will reset after 18h31m10s.", 66_670_000],
		[
			"OpenAI's",
			{
				error: {
					message:
						"Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 1500. Please try again in 1s. Visit https://platform.openai.com/account/rate-limits to learn more.",
				},
			},
			1000,
		],
		["OpenAI's, in milliseconds", "Limit 200000, Used 199900, Requested 600. Please try again in 150ms.", 150],
		["OpenAI's, in minutes", "Limit 3 / min. Please try again in 6m0s.", 360_000],
		["OpenAI's for Codex", { error: { type: "usage_limit_reached", resets_in_seconds: 8160 } }, 8_160_000],
		[
			"Azure's",
			"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-05-01-preview have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 20 seconds. Please go here: https://aka.ms/oai/quotaincrease",
			20_000,
		],
		["Azure's, its gateway", { statusCode: 429, message: "Rate limit is exceeded. Try again in 50 seconds." }, 50_000],
		[
			"Groq's",
			{
				error: {
					message:
						"Rate limit reached for model `llama3-70b-8192` on tokens per minute (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 50.597142857s.",
				},
			},
			50_597,
		],
		["Groq's, in minutes", "Please try again in 2m59.56s.", 179_560],
		[
			"Anthropic's, which says nothing",
			{
				type: "error",
				error: {
					type: "rate_limit_error",
					message: "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
				},
			},
			undefined,
		],
		[
			"OpenRouter's, with headers in it",
			{
				error: {
					code: 429,
					message: "Rate limit exceeded: free-models-per-day",
					metadata: { headers: { "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(today + 60_000) } },
				},
			},
			60_000,
		],
		["Cloudflare's", { success: false, errors: [{ code: 10429, message: "Please wait 5 minutes and try again" }] }, 300_000],
		["Cloudflare's, retry_after", '{"title":"Error 1015","status":429,"retryable":true,"retry_after":30}', 30_000],
		["Discord's", { message: "You are being rate limited.", retry_after: 64.57, global: false }, 64_570],
		["Hugging Face's, of a model that loads", { error: "Model gpt2 is currently loading", estimated_time: 20.5 }, 20_500],
		["ZeroGPU's", "You have exceeded your GPU quota (60s requested vs. 56s left). Try again in 0:00:56", 56_000],
		["ZeroGPU's, of a day", "You have exceeded your free GPU quota (60s requested vs. 0s left). Try again in 1 day, 2:03:04", 93_784_000],
		["ZeroGPU's, where all are busy: nobody knows", "No GPU was available after 60s. Retry later", undefined],
		["FastAPI's", { detail: "Too many requests, retry in 12 secs" }, 12_000],
		["a header quoted", "HTTP 429: Retry-After: 30", 30_000],
		["a time", "Your limit resets at 2026-01-15T12:01:00Z.", 60_000],
		["a time in a field", { error: { resets_at: today / 1000 + 77 } }, 77_000],
		["hours and minutes", "Usage limit reached. Try again in 1 hour and 5 minutes.", 3_900_000],
		["a minute", "Slow down, try again in a minute.", 60_000],
		["about", "You can retry in about 2 hours", 7_200_000],
		["wait", "Too many requests. Wait at least 90 seconds before the next one", 90_000],
		["lines", "Too many requests.\n  Please   try\n again in\n 30 seconds", 30_000],
		["NaN", { retry_after: Number.NaN }, undefined],
		["below 0", { retry_after: -3 }, 0],
		["null", { retry_after: null, message: null }, undefined],
		["huge", { retry_after: 1e30 }, weekMs],
		["nothing", "", undefined],
		["limits alone", "Rate limit exceeded: limit 20 requests per 60 seconds. Please try again later.", undefined],
		["a number that is none of time", "Retry after 3 attempts, limit 20 requests", undefined],
		["what it waited itself", "Timed out after waiting 30 seconds; max wait 30 s", undefined],
		["months", "try again in 5months", undefined],
		["how often it resets", "Quota of 100 requests, which resets every 60 seconds", undefined],
		[
			"what the user asked",
			{ messages: [{ content: "Please try again in 20 seconds" }], prompt: "retry after 5 seconds", error: "Too many requests" },
			undefined,
		],
	])("%s", ([, body, wait]) => {
		expect(readRetryAfter({ body, now: today })).toBe(wait);
	});
});

describe("which of them counts", () => {
	test("a header that says it outright, then the body, then a reset", () => {
		const headers = { "retry-after": "1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "3" };
		const body = "Please try again in 2s.";
		const { "retry-after": _, ...resets } = headers;
		expect(readRetryAfter({ headers, body })).toBe(1000);
		expect(readRetryAfter({ headers: resets, body })).toBe(2000);
		expect(readRetryAfter({ headers: resets, body: "Too many." })).toBe(3000);
		expect(readRetryAfter({})).toBeUndefined();
		expect(readRetryAfter({ headers: null, body: null })).toBeUndefined();
	});

	test("in a body, a field before words", () => {
		expect(readRetryAfter({ body: { message: "try again in 9s", retry_after: 4 } })).toBe(4000);
	});

	test("whatever comes, it is undefined, or a whole number from 0 to a week", () => {
		const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eE smhd:"']{0,20}$/), fc.double().map(String), fc.date().map(String));
		const names = fc.constantFrom(
			"retry-after",
			"retry-after-ms",
			"x-ratelimit-reset",
			"x-ratelimit-remaining",
			"ratelimit",
			"ratelimit-policy",
			"date",
		);
		fc.assert(
			fc.property(fc.dictionary(names, text), fc.anything({ withDate: true }), (headers, body) => {
				const wait = readRetryAfter({ headers, body, now: today });
				if (wait === undefined) return;
				expect(Number.isInteger(wait)).toBe(true);
				expect(wait).toBeGreaterThanOrEqual(0);
				expect(wait).toBeLessThanOrEqual(weekMs);
			}),
		);
		fc.assert(
			fc.property(fc.dictionary(names, text), (headers) => {
				const { requests } = readRateLimits(headers, today) ?? {};
				for (const value of Object.values(requests ?? {})) expect(value).toBeGreaterThanOrEqual(0);
			}),
		);
	});

	test("a body in circles, and one that is very long, are read", () => {
		const circle: Record<string, unknown> = { message: "try again in 3s" };
		circle.error = circle;
		expect(readRetryAfter({ body: circle })).toBe(3000);
		for (const piece of ["try again ", "retry  in about ", "wait for ", "1 day, ", "5 minutes and ", "retry after a a ", '"', "1:"]) {
			// A pattern with two ways to read one text would never come to an end here.
			expect(readWaitInWords(piece.repeat(100_000), today)).toBeUndefined();
			expect(readRetryAfter({ headers: { "retry-after": piece.repeat(10_000) } })).toBeUndefined();
		}
	});
});

describe("limits", () => {
	test.for<[what: string, headers: HeadersLike, limits: ReturnType<typeof readRateLimits>]>([
		["nothing", { "content-type": "text/html" }, undefined],
		[
			"OpenAI's",
			{
				"x-ratelimit-limit-requests": "60",
				"x-ratelimit-limit-tokens": "150000",
				"x-ratelimit-remaining-requests": "59",
				"x-ratelimit-remaining-tokens": "149984",
				"x-ratelimit-reset-requests": "1s",
				"x-ratelimit-reset-tokens": "6m0s",
			},
			{ requests: { limit: 60, remaining: 59, resetMs: 1000 }, tokens: { limit: 150_000, remaining: 149_984, resetMs: 360_000 } },
		],
		[
			"Anthropic's: of several kinds of tokens the one with least left",
			{
				"anthropic-ratelimit-requests-limit": "50",
				"anthropic-ratelimit-requests-remaining": "49",
				"anthropic-ratelimit-requests-reset": "2026-01-15T12:00:02Z",
				"anthropic-ratelimit-tokens-limit": "50000",
				"anthropic-ratelimit-tokens-remaining": "12000",
			},
			{ requests: { limit: 50, remaining: 49, resetMs: 2000 }, tokens: { limit: 50_000, remaining: 12_000 } },
		],
		[
			"windows by name: the one with least left",
			{
				"x-ratelimit-limit-requests-day": "1000",
				"x-ratelimit-remaining-requests-day": "750",
				"x-ratelimit-reset-requests-day": "3600",
				"x-ratelimit-limit-req-minute": "20",
				"x-ratelimit-remaining-req-minute": "4",
			},
			{ requests: { limit: 20, remaining: 4, windowMs: 60_000 } },
		],
		[
			"the hub's",
			{ ratelimit: '"api";r=489;t=189', "ratelimit-policy": '"fixed window";"api";q=500;w=300' },
			{ requests: { limit: 500, remaining: 489, resetMs: 189_000, windowMs: 300_000 } },
		],
		[
			"IETF's, of several policies its own",
			{ ratelimit: '"hour";r=5;t=40, "day";r=500;t=4000', "ratelimit-policy": '"hour";q=10;w=3600, "day";q=1000;w=86400' },
			{ requests: { limit: 10, remaining: 5, resetMs: 40_000, windowMs: 3_600_000 } },
		],
		[
			"IETF's, of something that is no requests",
			{ ratelimit: '"bytes";r=0;t=40', "ratelimit-policy": '"bytes";q=65535;qu="content-bytes";w=10' },
			undefined,
		],
		[
			"IETF's first form",
			{ "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "7", "ratelimit-reset": "50" },
			{ requests: { limit: 100, remaining: 7, resetMs: 50_000, windowMs: 60_000 } },
		],
		["less than nothing left", { "x-ratelimit-remaining": "-2", "x-ratelimit-reset": "5" }, { requests: { remaining: 0, resetMs: 5000 } }],
		["no numbers", { "x-ratelimit-remaining": "many", "x-ratelimit-limit": "unlimited" }, undefined],
	])("%s", ([, headers, limits]) => {
		expect(readRateLimits(headers, today)).toEqual(limits);
	});
});
