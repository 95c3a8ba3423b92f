/** No character that a reader sees as one is longer, in UTF-16 units. */
const longestCharacter = 64;

/**
 * Whether a text begins with the last character of what was sent and completes it: `é` written as two after `e`, a flag after its first half, a family after the first of
 * its members, a whole emoji after the first half of its pair of surrogates. Then the model has begun the character again.
 *
 * @param sent - what was sent
 * @param text - the beginning of the new text
 * @param ended - whether no more of it comes
 * @returns how many UTF-16 units of the text were sent already, 0 where it is not so, undefined while that is not known
 */
export function cutCharacter(sent: string, text: string, ended: boolean): number | undefined {
	const segments = new Intl.Segmenter();
	const last = [...segments.segment(sent.slice(-longestCharacter))].at(-1)?.segment ?? "";
	if (!/\S/.test(last)) return 0;
	if (last.startsWith(text) && !ended) return undefined;
	if (!text.startsWith(last)) return 0;
	const [first, second] = segments.segment(text.slice(0, longestCharacter));
	if (second === undefined && !ended && text.length < longestCharacter) return undefined;
	return first?.segment === last ? 0 : last.length;
}
