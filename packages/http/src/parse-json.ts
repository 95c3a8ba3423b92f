/** The value of JSON text; undefined where it is none. JSON itself has no undefined. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
