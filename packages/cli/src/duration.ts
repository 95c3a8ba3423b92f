const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads a length of time: a number of seconds, or a number with the unit `ms`, `s`, `m` or `h`.
 *
 * @param text - such as `90`, `1500ms`, `1.5m`
 * @returns milliseconds, or `undefined` where it is none, or not above zero
 */
export function parseDuration(text: string): number | undefined {
	const [, number, unit = "s"] = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h)?$/.exec(text.trim()) ?? [];
	if (number === undefined) return undefined;
	const milliseconds = Math.round(Number(number) * (units[unit] as number));
	return milliseconds > 0 && Number.isFinite(milliseconds) ? milliseconds : undefined;
}

/**
 * Writes a length of time for people.
 *
 * @param milliseconds - such as 12345
 * @returns such as `0.4 s`, `12 s`, `3 min 5 s`
 */
export function formatDuration(milliseconds: number): string {
	return milliseconds < 9950 ? `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s` : formatSeconds(milliseconds);
}

/**
 * Writes a length of time that is not known exactly: in whole seconds, at least one.
 *
 * @param milliseconds - such as 12345
 * @returns such as `12 s`, `3 min 5 s`
 */
export function formatSeconds(milliseconds: number): string {
	const seconds = Math.max(1, Math.round(milliseconds / 1000));
	if (seconds < 60) return `${seconds} s`;
	return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
