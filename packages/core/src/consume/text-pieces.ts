/** A text that grows. Its pieces are put together when it is asked for, and not at each of them. */
export interface TextPieces {
	add(piece: string): void;
	/** Takes another text in place of all pieces. */
	replace(text: string): void;
	text(): string;
}

/** Makes an empty text. */
export function createTextPieces(): TextPieces {
	let pieces: string[] = [];
	return {
		add(piece) {
			pieces.push(piece);
		},
		replace(text) {
			pieces = [text];
		},
		text() {
			if (pieces.length > 1) pieces = [pieces.join("")];
			return pieces[0] ?? "";
		},
	};
}
