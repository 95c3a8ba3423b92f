/**
 * A text that only grows, for functions that yield it again and again: the emulator sees what came since the last step without comparing the whole texts, so
 * that a step costs what it adds.
 *
 * @example
 * ```ts
 * import { GrowingText } from "@spaceport/testkit/emulator";
 *
 * const text = new GrowingText();
 * text.append("Hello");
 * console.log(String(text)); // "Hello"
 * ```
 */
export class GrowingText {
	readonly #pieces: string[] = [];
	#length = 0;
	#whole = "";
	/** How many of the pieces are in the whole. */
	#joined = 0;

	/** Its length so far, in UTF-16 code units. */
	get length(): number {
		return this.#length;
	}

	append(piece: string): this {
		this.#pieces.push(piece);
		this.#length += piece.length;
		return this;
	}

	/** What follows the first `from` code units, where those end at the end of a piece. */
	since(from: number): string {
		let at = this.#length;
		let index = this.#pieces.length;
		while (at > from && index > 0) {
			index--;
			at -= this.#pieces[index]?.length ?? 0;
		}
		const tail = this.#pieces.slice(index).join("");
		return at === from ? tail : tail.slice(from - at);
	}

	toString(): string {
		if (this.#joined < this.#pieces.length) {
			this.#whole += this.#pieces.slice(this.#joined).join("");
			this.#joined = this.#pieces.length;
		}
		return this.#whole;
	}

	toJSON(): string {
		return this.toString();
	}
}

/** A growing text as it was at one step. */
export class GrowingTextSnapshot {
	readonly source: GrowingText;
	readonly length: number;

	constructor(source: GrowingText) {
		this.source = source;
		this.length = source.length;
	}

	toJSON(): string {
		return this.source.toString().slice(0, this.length);
	}
}
