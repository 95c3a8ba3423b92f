import { styleText } from "node:util";
import type { HideSecrets } from "../secrets.ts";

/** How a line looks. */
export type Look = "plain" | "quiet" | "warning" | "failure";

/** Lines on stderr: lasting ones, and on a terminal one at the bottom that changes. */
export interface Terminal {
	/** Whether a line can change. */
	readonly isLive: boolean;
	/** Prints a line that stays. */
	print(text: string, look?: Look): void;
	/**
	 * Shows a line in place of the last one shown. Nothing where stderr is no terminal.
	 *
	 * @param text - the line
	 * @param step - what it is about: lines about the same are not drawn more often than the eye can follow
	 */
	show(text: string, step: string): void;
	/** Takes the shown line away. */
	clear(): void;
	/** From here on lines wait until `release`, where the answer is on the same terminal. */
	hold(): void;
	/** Prints the lines that have waited. */
	release(): void;
}

/** The least time between two drawings of the changing line, in milliseconds. */
const redrawMs = 80;

/**
 * Makes the terminal for the story.
 *
 * @param stderr - where it is written
 * @param isShared - whether the answer goes to a terminal as well
 * @param hideSecrets - filters every line
 */
export function createTerminal(stderr: NodeJS.WriteStream, isShared: boolean, hideSecrets: HideSecrets): Terminal {
	const isLive = stderr.isTTY === true;
	const waiting: string[] = [];
	let isHeld = false;
	let isShown = false;
	let shownAt = -Infinity;
	let shownStep = "";

	function clear(): void {
		if (!isShown) return;
		stderr.write("\r\u001b[2K");
		isShown = false;
	}

	return {
		isLive,
		clear,
		print(text, look = "plain") {
			const line = `${dress(hideSecrets(text), look, stderr)}\n`;
			if (isHeld) {
				waiting.push(line);
				return;
			}
			clear();
			stderr.write(line);
		},
		show(text, step) {
			const now = performance.now();
			if (!isLive || isHeld || (isShown && step === shownStep && now - shownAt < redrawMs)) return;
			shownAt = now;
			shownStep = step;
			// A terminal that does not know its width says 0.
			const width = Math.max(20, (stderr.columns || 80) - 1);
			const line = hideSecrets(text);
			clear();
			stderr.write(dress(line.length > width ? `${line.slice(0, width - 1)}…` : line, "quiet", stderr));
			isShown = true;
		},
		hold() {
			clear();
			isHeld = isShared && isLive;
		},
		release() {
			clear();
			isHeld = false;
			for (const line of waiting.splice(0)) stderr.write(line);
		},
	};
}

function dress(text: string, look: Look, stream: NodeJS.WriteStream): string {
	switch (look) {
		case "plain":
			return text;
		case "quiet":
			return styleText("dim", text, { stream });
		case "warning":
			return styleText("yellow", text, { stream });
		case "failure":
			return styleText("red", text, { stream });
	}
}
