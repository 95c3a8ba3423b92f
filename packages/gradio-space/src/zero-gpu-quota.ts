/** What ZeroGPU says when it refuses. */
export interface ZeroGpuRefusal {
	readonly requestedS: number | undefined;
	readonly leftS: number | undefined;
	readonly retryAfterMs: number | undefined;
}

const refusal = /gpu quota|zero-?gpu (?:daily )?quota|exceeded your .{0,40}quota|zero-?gpu runs limit|reached its gpu limit/i;
/** Nothing is used up then, whatever the title says: there are too many others (read in the package `spaces` 0.51). */
const busy = /no gpu (?:was|is) available/i;
const figures = /(\d+(?:\.\d+)?)\s*s requested vs\.? (-?\d+(?:\.\d+)?)\s*s left/i;
const wait = /try again in\s+(?:(\d+)\s+days?,?\s*)?(\d+):(\d{2}):(\d{2})/i;

/**
 * Reads a refusal such as "You have exceeded your GPU quota (60s requested vs. 56s left). Try again in 0:00:56".
 *
 * @param text - the Space's words
 * @returns undefined where they are about something else
 */
export function parseZeroGpuRefusal(text: string): ZeroGpuRefusal | undefined {
	if (!refusal.test(text) || busy.test(text)) return undefined;
	const seconds = figures.exec(text);
	const time = wait.exec(text);
	return {
		requestedS: seconds?.[1] === undefined ? undefined : Number(seconds[1]),
		leftS: seconds?.[2] === undefined ? undefined : Number(seconds[2]),
		retryAfterMs:
			time === null ? undefined : ((Number(time[1] ?? 0) * 24 + Number(time[2])) * 3600 + Number(time[3]) * 60 + Number(time[4])) * 1000,
	};
}
