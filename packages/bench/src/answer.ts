/** What a client is to be told: so many tokens, and how long the server waits before each of them. */
export interface AnswerPlan {
	readonly tokens: number;
	/** Milliseconds; 0 sends all of them at once. */
	readonly everyMs: number;
}

/** Pieces as a model's tokenizer makes them: with a blank before a word, short, now and then a quote, a line break or a letter beyond ASCII. */
const vocabulary: readonly string[] = [
	..." the of and to in is that it was for on are as with his they at be this from have or by one had not but what all were".split(/(?= )/),
	..." when we there can an your which their said if do will each about how up out them then she many some so these would".split(/(?= )/),
	...' answer, tokens. stream; server\'s café naïve — (see below) x = 1 2 3 "quoted" C:\\path'.split(/(?= )/),
	"ing",
	"ed",
	"tion",
	".\nThen",
	"\n\n- first",
];

/** The tokens of an answer: always the same ones. None ends in white space, which Gradio would hold back. */
export function answerTokens(count: number): string[] {
	const tokens: string[] = [];
	let state = 12_345;
	for (let index = 0; index < count; index += 1) {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		tokens.push(vocabulary[(state >> 8) % vocabulary.length] ?? "");
	}
	if (tokens[0] !== undefined) tokens[0] = "Once";
	return tokens;
}

/** The question that makes the fake servers give an answer. */
export function questionFor({ tokens, everyMs }: AnswerPlan): string {
	return `bench: tokens=${tokens} every=${everyMs}`;
}

/** Reads a question out of a request's body, in whatever form that is. */
export function planIn(body: string): AnswerPlan {
	const found = /bench: tokens=(\d+) every=(\d+)/.exec(body);
	if (found === null) throw new Error(`No question that the fake servers know: ${body.slice(0, 200)}`);
	return { tokens: Number(found[1]), everyMs: Number(found[2]) };
}
