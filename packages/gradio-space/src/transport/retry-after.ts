/**
 * Reads a Retry-After header: seconds, or a date.
 *
 * @param header - its value
 * @returns milliseconds from now, never negative; undefined where it says nothing that can be read
 */
export function retryAfterMs(header: string | null): number | undefined {
	if (header === null || header.trim() === "") return undefined;
	const seconds = Number(header);
	if (Number.isFinite(seconds)) return Math.max(0, Math.round(seconds * 1000));
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
