/**
 * A value as it can stand in a message: JSON where it has such a form, in short, and never a failure.
 *
 * @param value - anything
 * @param longest - how many characters it may have
 */
export function showValue(value: unknown, longest = 80): string {
	let shown: string;
	try {
		// JSON has no word for NaN and Infinity.
		shown = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
	} catch {
		shown = typeof value === "bigint" ? String(value) : Object.prototype.toString.call(value);
	}
	return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}
