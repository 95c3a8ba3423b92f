/** Turns tokens into text: `before` are the tokens whose text is out already. */
export type Detokenize<Token> = (tokens: readonly Token[], before: readonly Token[]) => string;

const broken = "\uFFFD";

/** A group this long has no unfinished character at its beginning: the longest has four bytes, and a token has at least one. */
const longestGroup = 16;

/**
 * Makes text from tokens that come one by one. A token may end inside a character; its bytes are held back until the character is whole, so
 * that what comes out is always well-formed.
 */
export class TokenText<Token> {
	readonly #detokenize: Detokenize<Token>;
	#before: readonly Token[] = [];
	#group: Token[] = [];
	/** How much of the group's text is out already. */
	#out = 0;

	constructor(detokenize: Detokenize<Token>) {
		this.#detokenize = detokenize;
	}

	/** Takes one more token, and gives the text that is now certain: the empty string where there is none. */
	push(token: Token): string {
		this.#group.push(token);
		const text = this.#detokenize(this.#group, this.#before);
		const whole = text.endsWith(broken) && this.#group.length < longestGroup ? text.replace(/\uFFFD+$/, "") : text;
		const fresh = whole.slice(this.#out);
		if (whole.length === text.length) {
			this.#before = this.#group.slice(-4);
			this.#group = [];
			this.#out = 0;
		} else {
			this.#out += fresh.length;
		}
		return fresh;
	}
}
