/**
 * A value as JSON whose strings are well-formed: half of a surrogate pair makes some servers fail without a word.
 *
 * @param value - what a caller gave is in it
 * @throws TypeError where JSON cannot write it
 */
export function wellFormedJson(value: unknown): string {
	return JSON.stringify(value, (_, member: unknown) => (typeof member === "string" ? member.toWellFormed() : member));
}
