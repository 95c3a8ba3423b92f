/** A text that grows. Its pieces are put together when it is asked for, or when there are many, and not at each of them. */
export interface TextPieces {
	add(piece: string): void;
	/** Takes another text in place of all pieces. */
	replace(text: string): void;
	text(): string;
}

/** With so many pieces they are put together: the collector would carry a long list, and each piece in it, into the old part of the heap. */
const mostPieces = 256;

/** Makes an empty text. */
export function createTextPieces(): TextPieces {
	let whole = "";
	let pieces: string[] = [];

	function text(): string {
		if (pieces.length > 0) {
			whole += pieces.join("");
			pieces = [];
		}
		return whole;
	}
	return {
		add(piece) {
			if (pieces.push(piece) === mostPieces) text();
		},
		replace(other) {
			whole = other;
			pieces = [];
		},
		text,
	};
}
