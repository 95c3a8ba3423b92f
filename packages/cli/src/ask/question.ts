import { createInterface } from "node:readline/promises";
import { InvalidRequestError } from "@spaceport/core";
import type { Interrupt } from "../interrupt.ts";
import type { Surroundings } from "../surroundings.ts";

/** The word that stands for standard input. */
const standardInput = "-";

/**
 * Gets the question: from the words; from standard input where there are no words, or where one of them is `-`; at a prompt where there are no words and
 * standard input is a terminal. With words and without `-` standard input is left alone: it may be a pipe that never ends.
 *
 * @param words - the command's arguments
 * @param surroundings - the process
 * @param interrupt - the user's wish to stop
 * @throws InvalidRequestError where there is nothing to ask; AbortedError where the user stops
 */
export async function readQuestion(
	words: readonly string[],
	surroundings: Pick<Surroundings, "stdin" | "stderr">,
	interrupt: Pick<Interrupt, "signal" | "raise">,
): Promise<string> {
	const { stdin } = surroundings;
	const said = words.filter((word) => word !== standardInput).join(" ");
	const isPiped = words.includes(standardInput);
	const question =
		words.length > 0 && !isPiped
			? said
			: !isPiped && stdin.isTTY
				? await prompt(surroundings, interrupt)
				: [said, await readAll(stdin, interrupt.signal)].filter((part) => part.trim() !== "").join("\n\n");
	if (question.trim() !== "") return question;
	throw new InvalidRequestError("There is no question.", {
		path: "words",
		hint: 'Say it after the command, spaceport ask "What is the capital of France?", or pipe it in.',
	});
}

/** All of a stream as text, without the line ends at its end. */
async function readAll(stream: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
	const stop = (): void => void stream.destroy();
	signal.addEventListener("abort", stop, { once: true });
	const decoder = new TextDecoder();
	let text = "";
	try {
		signal.throwIfAborted();
		for await (const bytes of stream) text += decoder.decode(bytes, { stream: true });
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	} finally {
		signal.removeEventListener("abort", stop);
	}
	signal.throwIfAborted();
	return (text + decoder.decode()).replace(/[\r\n]+$/, "");
}

/** Asks at the terminal. Ctrl-D gives the empty question. */
async function prompt(
	{ stdin, stderr }: Pick<Surroundings, "stdin" | "stderr">,
	{ signal, raise }: Pick<Interrupt, "signal" | "raise">,
): Promise<string> {
	const lines = createInterface({ input: stdin, output: stderr, terminal: stderr.isTTY === true });
	try {
		// The terminal is in raw mode here: Ctrl-C comes as a key.
		lines.on("SIGINT", raise);
		const ended = new Promise<string>((resolve) => {
			lines.once("close", () => {
				if (!signal.aborted) stderr.write("\n");
				resolve("");
			});
		});
		const answer = lines.question("Your question: ", { signal }).catch((error: unknown) => {
			signal.throwIfAborted();
			throw error;
		});
		// `close` comes after every answer as well; the answer was there first.
		const question = await Promise.race([answer, ended]);
		lines.removeAllListeners("close");
		return question;
	} finally {
		lines.close();
	}
}
