import { type Command, InvalidArgumentError } from "commander";
import type { AskCommandOptions } from "../ask/ask.ts";
import { parseDuration } from "../duration.ts";
import { askHelp } from "../help.ts";
import type { Interrupt } from "../interrupt.ts";
import type { Surroundings } from "../surroundings.ts";

/**
 * Adds `spaceport ask` to the program.
 *
 * @param program - the program
 * @param surroundings - the process
 * @param interrupt - the user's wish to stop
 * @param onDone - gets the exit code
 */
export function addAskCommand(
	program: Command,
	surroundings: Surroundings,
	interrupt: Interrupt,
	onDone: (exitCode: number) => void,
): void {
	program
		.command("ask")
		.summary("ask a question")
		.description("Asks a question, and streams the answer to stdout.")
		.argument("[words...]", 'the question; "-" stands for standard input')
		.option("-m, --model <name>", "a model, or anything else that has a name")
		.option("-p, --provider <name>", "a provider, an endpoint such as groq, or a Space such as owner/name; with --model, that model of it")
		.option("-c, --chain <name>", "a chain")
		.option("-s, --system <text>", "the system prompt")
		.option("-j, --json", "print the chunks as lines of JSON; a failure is the last line")
		.option("-e, --explain", "say who would be asked, in what order and why, and ask nobody")
		.option("-v, --verbose", "log what happens, and list the attempts at the end")
		.option("-t, --timeout <time>", "give up after this time: seconds, or with a unit such as 1500ms, 90s, 2m", toMilliseconds)
		.option("--without <name>", "whom the chain free-chat does not ask; may be said several times", collect)
		.option("--offline", "use no network: only what answers on this machine, and no downloads")
		.option("--config <file>", "the configuration")
		.addHelpText("after", askHelp)
		.action(async (words: readonly string[], options: AskCommandOptions) => {
			// The rest is loaded only where it is needed: help and version are there at once.
			const { ask } = await import("../ask/ask.ts");
			onDone(await ask(words, options, surroundings, interrupt));
		});
}

function collect(name: string, before: readonly string[] = []): readonly string[] {
	return [...before, name];
}

function toMilliseconds(text: string): number {
	const milliseconds = parseDuration(text);
	if (milliseconds === undefined)
		throw new InvalidArgumentError("Say a number above zero, in seconds or with a unit: 90, 90s, 2m or 1500ms.");
	return milliseconds;
}
