/** Puts characters together that were cut in two. */
export interface WholeCharacters {
	/** The text that can be given now: half of a character at its end is kept for the next one. */
	take(text: string): string;
	/** What is left: the half of a character, as what stands for one that is broken. */
	end(): string;
}

/** Makes what puts the characters of one text together: pieces of JSON may have one half of a surrogate pair each. */
export function createWholeCharacters(): WholeCharacters {
	let half = "";
	return {
		take(piece) {
			const text = half === "" ? piece : half + piece;
			half = "";
			if (text.isWellFormed()) return text;
			const last = text.charCodeAt(text.length - 1);
			if (last < 0xd800 || last > 0xdbff) return text.toWellFormed();
			half = text.slice(-1);
			return text.slice(0, -1).toWellFormed();
		},
		end() {
			const rest = half.toWellFormed();
			half = "";
			return rest;
		},
	};
}
