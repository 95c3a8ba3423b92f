import { InvalidRequestError } from "@spaceport/core";
import { Command, CommanderError } from "commander";
import { errorLine } from "./ask/json-lines.ts";
import { addAskCommand } from "./commands/ask.ts";
import { exitCode } from "./exit-code.ts";
import { generalHelp } from "./help.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { oneLine } from "./story/one-line.ts";
import type { Surroundings } from "./surroundings.ts";
import { readVersion } from "./version.ts";

/** How long the process may go on after its work, to tell a server that a job is not wanted any more, in milliseconds. */
const farewellMs = 4000;

/**
 * The `spaceport` command: runs it and sets the process's exit code. The process ends by itself when nothing is left to do, and is ended a few seconds
 * later where something holds it.
 *
 * @param surroundings - the process: its arguments, environment, streams and signals
 */
export async function main(surroundings: Surroundings): Promise<void> {
	const { stdout, stderr } = surroundings;
	// Whoever reads our stderr may leave; that is no reason to stop. What fails on stdout is told to the one who writes there.
	stderr.on("error", () => {});
	stdout.on("error", () => {});
	const interrupt = listenForInterrupt(surroundings);
	const code = await run(surroundings, interrupt);
	surroundings.exitCode = code;
	interrupt.done();
	setTimeout(() => surroundings.exit(code), farewellMs).unref();
}

async function run(surroundings: Surroundings, interrupt: ReturnType<typeof listenForInterrupt>): Promise<number> {
	const { argv, stdout, stderr } = surroundings;
	let code: number = exitCode.answered;
	const program = new Command("spaceport")
		.description("Asks language models by name, and streams the answer.")
		.version(readVersion(), "-V, --version", "print the version")
		.helpOption("-h, --help", "print this help")
		.helpCommand(false)
		.addHelpText("after", generalHelp)
		.exitOverride()
		.configureOutput({
			writeOut: (text) => void stdout.write(text),
			writeErr: (text) => void stderr.write(text),
			getOutHasColors: () => stdout.isTTY === true,
			getErrHasColors: () => stderr.isTTY === true,
		})
		.showHelpAfterError("`spaceport --help` tells what there is.");
	addAskCommand(program, surroundings, interrupt, (result) => {
		code = result;
	});
	try {
		await program.parseAsync([...argv]);
		return code;
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode !== 0 && wantsJson(argv)) {
			const message = oneLine(error.message.replace(/^error: /, ""));
			stdout.write(errorLine(new InvalidRequestError(message, { path: "arguments", hint: "spaceport --help tells what there is." })));
		}
		// Help and version that were asked for are a success; help that was not is wrong use, like every mistake in the arguments.
		return error.exitCode === 0 ? exitCode.answered : exitCode.wrongUse;
	}
}

/** Arguments that could not be read have no options: they are looked at as they stand, up to the `--` that ends the options. */
function wantsJson(argv: readonly string[]): boolean {
	const end = argv.indexOf("--");
	return argv.slice(0, end === -1 ? undefined : end).some((word) => word === "--json" || word === "-j");
}
