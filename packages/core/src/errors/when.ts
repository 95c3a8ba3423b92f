const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** What makes no difference to somebody who waits: a share of a second, or of a minute. */
const aLittle = 0.1;

/** The last moment that a date can be, in milliseconds since 1970. */
const endOfTime = 8.64e15;

/**
 * Whether a moment is one that can be told.
 *
 * @param at - in milliseconds since 1970
 */
export function isMoment(at: number | undefined): at is number {
	return at !== undefined && Math.abs(at) <= endOfTime;
}

/**
 * A time to come, in words: `now`, `in 42 s`, `in 12 min`, `at 14:03`, `on 2026-11-27 at 14:03`.
 *
 * @param at - in milliseconds since 1970
 * @param now - the clock
 */
export function when(at: number, now: number): string {
	const leftMs = at - now;
	if (leftMs <= 0) return "now";
	if (leftMs < 2 * minuteMs) return `in ${Math.max(1, Math.ceil(leftMs / secondMs - aLittle))} s`;
	if (leftMs < hourMs) return `in ${Math.ceil(leftMs / minuteMs - aLittle)} min`;
	const { day, time } = wallClock(at, now);
	return `${day === undefined ? "" : `on ${day} `}at ${time.slice(0, 5)}`;
}

/**
 * What a clock on the wall shows at a time: `14:03:27`, and the day (`2026-11-27`) where that is not today.
 *
 * @param at - in milliseconds since 1970
 * @param now - the clock
 */
export function wallClock(at: number, now: number): { readonly day: string | undefined; readonly time: string } {
	const date = new Date(at);
	const two = (number: number): string => String(number).padStart(2, "0");
	const isToday = date.toDateString() === new Date(now).toDateString();
	return {
		day: isToday ? undefined : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
		time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
	};
}
