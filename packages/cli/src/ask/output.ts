/** Where the answer goes. */
export interface Output {
	/** Writes, and waits until it is taken. Rejects with {@link OutputClosed} where nobody reads any more. */
	write(text: string): Promise<void>;
}

/** The reader of the answer has left, as `head` does when it has what it wants. */
export class OutputClosed extends Error {
	override readonly name = "OutputClosed";
}

/**
 * Makes the output.
 *
 * @param stdout - the process's standard output
 * @param beforeWrite - called before each piece, to clear the way on a terminal
 */
export function createOutput(stdout: NodeJS.WriteStream, beforeWrite: () => void): Output {
	return {
		write(text) {
			beforeWrite();
			return new Promise((resolve, reject) => {
				stdout.write(stdout.isTTY ? printable(text) : text, (error) => {
					if (error == null) resolve();
					else
						reject((error as NodeJS.ErrnoException).code === "EPIPE" ? new OutputClosed("The reader has left.", { cause: error }) : error);
				});
			});
		},
	};
}

/** What a terminal would take as a command is left out: a model's text must not move the cursor. Pipes get every character. */
function printable(text: string): string {
	return text.replace(/[^\P{Cc}\n\t]/gu, "");
}
