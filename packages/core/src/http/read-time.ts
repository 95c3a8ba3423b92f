const units: readonly (readonly [RegExp, number])[] = [
	[/^(?:ms|msecs?|millis|milliseconds?)$/, 1],
	[/^(?:s|secs?|seconds?)$/, 1000],
	[/^(?:m|mins?|minutes?)$/, 60_000],
	[/^(?:h|hrs?|hours?)$/, 3_600_000],
	[/^(?:d|days?)$/, 86_400_000],
	[/^(?:w|weeks?)$/, 604_800_000],
];

const unit = "(?:milliseconds?|millis|msecs?|ms|minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])";
/** One part of a duration, such as `2m` or `56.5 seconds`. */
const part = `\\d+(?:\\.\\d+)? ?${unit}`;
/** A time as clocks show it, such as `0:00:56`. */
const clockTime = "(?:\\d+ days?, ?)?\\d+:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?![\\d:])";

/** A duration in any of its spellings: `20s`, `2m59.56s`, `1 hour and 5 minutes`, `0:00:56`, `1 day, 2:03:04`. To be used without regard to case. */
export const durationPattern: string = `(?:${clockTime}|${part}(?:(?:, and |, ?| and | )?${part})*|an? (?:second|minute|hour|day)(?![a-z]))`;

const whole = new RegExp(`^${durationPattern}$`, "i");
const clock = /^(?:(\d+) days?, ?)?(\d+):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/i;

/**
 * Reads a duration.
 *
 * @param text - such as `20s`, `2m59.56s`, `1 hour and 5 minutes`, `0:00:56`
 * @returns milliseconds; undefined where it is none
 */
export function readDuration(text: string): number | undefined {
	const trimmed = text.trim();
	if (trimmed.length > 100 || !whole.test(trimmed)) return undefined;
	const time = clock.exec(trimmed);
	if (time !== null) {
		const [, days = "0", first = "0", second = "0", third] = time;
		const seconds = third === undefined ? Number(first) * 60 + Number(second) : (Number(first) * 60 + Number(second)) * 60 + Number(third);
		return (Number(days) * 86_400 + seconds) * 1000;
	}
	let sum = 0;
	for (const [, amount = "1", unit = ""] of trimmed.matchAll(/(\d+(?:\.\d+)?|\ban?\b) ?([a-z]+)/gi)) {
		const factor = units.find(([pattern]) => pattern.test(unit.toLowerCase()))?.[1] ?? 0;
		sum += (/^a/i.test(amount) ? 1 : Number(amount)) * factor;
	}
	return sum;
}

const dayMs = 86_400_000;
/** From here on a number of seconds, or of milliseconds, counts since 1970, unless that is long past: as a wait it would be one of decades. */
const secondsSince1970 = 1e9;
const millisecondsSince1970 = 1e11;

/**
 * How far away a time is that a header names.
 *
 * @param text - seconds, seconds or milliseconds since 1970, a duration, a date of HTTP's three forms, or of ISO 8601
 * @param now - the clock, in milliseconds since 1970
 * @returns milliseconds, below 0 where it is past; undefined where it is none of them
 */
export function readTime(text: string, now: number): number | undefined {
	const trimmed = text.trim().replaceAll('"', "");
	if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed)) {
		const value = Number(trimmed);
		if (value < secondsSince1970) return value * 1000;
		const away = (value >= millisecondsSince1970 ? value : value * 1000) - now;
		return away > -dayMs ? away : value * 1000;
	}
	const duration = readDuration(trimmed);
	if (duration !== undefined) return duration;
	const date = readDate(trimmed, now);
	return date === undefined ? undefined : date - now;
}

const asctime = /^[a-z]{3} [a-z]{3} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} \d{4}$/i;
const rfc850 = /^([a-z]+, \d{2})-([a-z]{3})-(\d{2}) (\d{2}:\d{2}:\d{2} .+)$/i;

/** A date, in milliseconds since 1970. Those without a zone are in UTC. */
function readDate(text: string, now: number): number | undefined {
	if (text.length < 8 || text.length > 100 || !/^[a-z]{3}|^\d{4}-\d{2}-\d{2}/i.test(text)) return undefined;
	let full = text;
	const [, day, month, year, rest] = rfc850.exec(text) ?? [];
	if (asctime.test(text)) full = `${text} GMT`;
	else if (year !== undefined) {
		// A year of two digits that seems more than 50 years ahead is in the past, says HTTP.
		const century = 2000 + Number(year) > new Date(now).getUTCFullYear() + 50 ? 1900 : 2000;
		full = `${day} ${month} ${century + Number(year)} ${rest}`;
	} else if (/^\d{4}-\d{2}-\d{2}[ t]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/i.test(text)) full = `${text.replace(" ", "T")}Z`;
	const date = Date.parse(full);
	return Number.isNaN(date) ? undefined : date;
}
