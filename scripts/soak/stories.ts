/** The answers that there are. Each begins with a character that no request has of itself, and says the same thing nowhere twice. */
export const stories: readonly string[] = [
	`Ω1 The first ship left at dawn with eleven people aboard, who had packed for a week and stayed for nine years. Their letters, which came late and out of order, tell of
winds nobody had a name for, of a harbour that froze from below, and of the clockmaker's daughter, who kept the calendar when everybody else had lost it. She counted in
knots, and every knot is still there: 3287 of them, on a line that hangs in the town hall above the door.`,
	"Ω2 船は夜明けに出た。乗っていたのは十一人で、荷物は一週間ぶんしかなかったが、帰ってきたのは九年後のことだ。手紙は遅れて、順番も違って届いた。名前のない風、底から凍る港、" +
		"そして時計屋の娘のことが書かれている。彼女だけが暦を守りつづけ、結び目で日を数えた。その綱はいまも町役場の扉の上にかかっている。",
	"Ω3 👩‍🚀 The list, in order:\n\n1. 🚀 leave before noon,\n2. 🌍 look back once,\n3. 🛰️ greet whoever is up there already,\n4. 🌕 land softly,\n5. 🌳 plant something.\n\n```ts\nexport const done: boolean = steps.every((step) => step.isOver);\n```\n\nThat is all there is to it; the way home is the same list, read from below.",
];

/** The question whose answer is a story. */
export const questionFor = (index: number): string => `Tell me story ${index + 1}.`;

/** The story that a request asks for, and how much of it stands in the request already. */
export function findStory(texts: readonly string[]): { readonly story: string; readonly found: number } {
	const all = texts.join("\n");
	const number = Number(/Tell me story (\d+)\./.exec(all)?.[1] ?? 1);
	const story = stories[number - 1] ?? "";
	let found = 0;
	for (let at = all.indexOf("Ω"); at >= 0; at = all.indexOf("Ω", at + 1)) {
		let length = 0;
		while (length < story.length && all[at + length] === story[length]) length += 1;
		found = Math.max(found, length);
	}
	return { story, found };
}

/**
 * Cuts a text into pieces of uneven lengths.
 *
 * @param units - of what: UTF-16 units, which may be half of a character, or whole characters, as a program in Python has them
 */
export function piecesOf(text: string, random: () => number, units: "halves" | "characters" = "halves"): string[] {
	const all = units === "halves" ? text.split("") : Array.from(text);
	const pieces: string[] = [];
	while (all.length > 0) pieces.push(all.splice(0, 8 + Math.floor(random() * 40)).join(""));
	return pieces;
}
