import type { AttemptEndEvent, ChatRequest, ChatStream, Chunk, Logger, Spaceport, SpaceportEvent } from "@spaceport/core";
import { buildSpaceport } from "../build-spaceport.ts";
import { loadConfig } from "../config/load-config.ts";
import { type Environment, readEnvironment } from "../environment.ts";
import { exitCode, exitCodeOf } from "../exit-code.ts";
import { freeChatName } from "../free-chat.ts";
import type { Interrupt } from "../interrupt.ts";
import { createLogger } from "../logger.ts";
import { createSecretFilter } from "../secrets.ts";
import { createNarrator, type Narrator } from "../story/narrator.ts";
import { privacyNote } from "../story/privacy-note.ts";
import { createTerminal } from "../story/terminal.ts";
import type { Surroundings } from "../surroundings.ts";
import { attemptsTable } from "./attempts-table.ts";
import { asksFreeChat, checkWithout } from "./free-chat.ts";
import { chunkLine, errorLine } from "./json-lines.ts";
import { registerEndpoint } from "./named-endpoint.ts";
import { createOutput, type Output, OutputClosed } from "./output.ts";
import { readQuestion } from "./question.ts";
import { type Named, toReference } from "./reference.ts";
import { registerSpace } from "./space-provider.ts";
import { unlessStopped, unlessStuck } from "./waiting.ts";

/** The options of `spaceport ask`. */
export interface AskCommandOptions extends Named {
	readonly system?: string;
	/** Chunks as lines of JSON in place of the text. */
	readonly json?: boolean;
	/** Says who would be asked, in place of asking. */
	readonly explain?: boolean;
	readonly verbose?: boolean;
	/** The whole request's limit, in milliseconds. */
	readonly timeout?: number;
	readonly offline?: boolean;
	/** Who is not asked by the chain `free-chat`. */
	readonly without?: readonly string[];
	/** Path of the configuration. */
	readonly config?: string;
}

/**
 * Runs `spaceport ask`.
 *
 * @param words - the question's words
 * @param options - the command's options
 * @param surroundings - the process
 * @param interrupt - the user's wish to stop
 * @returns the exit code
 */
export async function ask(
	words: readonly string[],
	options: AskCommandOptions,
	surroundings: Surroundings,
	interrupt: Interrupt,
): Promise<number> {
	let environment: Environment | undefined;
	const terminal = createTerminal(surroundings.stderr, surroundings.stdout.isTTY === true, (text) =>
		createSecretFilter(environment?.secrets ?? [])(text),
	);
	const narrator = createNarrator(terminal);
	const output = createOutput(surroundings.stdout, terminal.clear);
	const attempts: AttemptEndEvent[] = [];
	/** Of whom it was said what becomes of prompts there. */
	const told = new Set<string>();
	try {
		environment = readEnvironment(surroundings.env);
		if (environment.proxy !== undefined && options.offline !== true) {
			const { useProxy } = await import("../proxy.ts");
			await useProxy(environment.proxy);
		}
		await unlessStuck(answer(environment), surroundings);
		terminal.release();
		return exitCode.answered;
	} catch (error) {
		return await report(error);
	} finally {
		terminal.release();
		if (options.verbose === true) for (const line of attemptsTable(attempts)) terminal.print(line, "quiet");
	}

	async function answer(environment: Environment): Promise<void> {
		const logger = createLogger({
			verbose: options.verbose === true,
			onWarning: (message) => terminal.print(message, "warning"),
			hideSecrets: createSecretFilter(environment.secrets),
		});
		const { onRecipient } = narrator;
		const { request, spaceport } = await prepare({ words, options, surroundings, interrupt, environment, logger, onRecipient });
		if (asksFreeChat(request.model, spaceport)) narrator.expectRecipients();
		else checkWithout(options);
		if (options.explain === true) {
			const explanation = await spaceport.explain(request, { signal: interrupt.signal });
			await output.write(`${options.json === true ? JSON.stringify(explanation) : explanation}\n`);
			return;
		}
		if (environment.proxy !== undefined) logger.debug({ noProxy: environment.proxy.noProxy }, "Requests go through the proxy.");
		logger.debug({ model: request.model ?? "default" }, "Asking.");
		const onEvent = (event: SpaceportEvent): void => {
			if (event.type === "attempt-end") attempts.push(event);
			if (event.type === "attempt-start") tellPrivacy(event.provider, spaceport);
			narrator.onEvent(event);
		};
		const stream = spaceport.stream(request, { signal: interrupt.signal, onEvent, onChunk: narrator.onChunk });
		await (options.json === true ? writeChunks(stream, output) : writeText(stream, output));
	}

	function tellPrivacy(name: string, spaceport: Spaceport): void {
		const note = spaceport.has(name) && !told.has(name) ? privacyNote(spaceport.get(name)) : undefined;
		told.add(name);
		if (note !== undefined) terminal.print(note, "warning");
	}

	async function report(error: unknown): Promise<number> {
		if (error instanceof OutputClosed) return exitCode.answered;
		if (options.json === true) {
			const line = createSecretFilter(environment?.secrets ?? [])(errorLine(error));
			// Where the reader has left, nobody misses the line.
			await output.write(line).catch(() => {});
		}
		if (interrupt.exitCode !== undefined) {
			terminal.release();
			terminal.print("Stopped.", "quiet");
			return interrupt.exitCode;
		}
		narrator.fail(error);
		return exitCodeOf(error);
	}
}

interface Preparation {
	readonly words: readonly string[];
	readonly options: AskCommandOptions;
	readonly surroundings: Surroundings;
	readonly interrupt: Interrupt;
	readonly environment: Environment;
	readonly logger: Logger;
	readonly onRecipient: Narrator["onRecipient"];
}

/** Everything up to the question: the configuration's mistakes come out before anything is asked of the user or of a server. */
async function prepare(preparation: Preparation): Promise<{ readonly request: ChatRequest; readonly spaceport: Spaceport }> {
	const { words, options, surroundings, interrupt, environment, logger, onRecipient } = preparation;
	const spaceport = await unlessStopped(interrupt.signal, async () =>
		buildSpaceport({
			loaded: await loadConfig(surroundings.cwd(), options.config),
			environment,
			offline: options.offline === true,
			totalMs: options.timeout,
			without: options.without ?? [],
			onRecipient,
			logger,
		}),
	);
	registerEndpoint(options, spaceport, { environment, offline: options.offline === true });
	await registerSpace(options.provider, spaceport, { token: environment.token, offline: options.offline === true });
	// By its own name: nobody has to know that it is the default.
	const model = toReference(options, spaceport) ?? (asksFreeChat(undefined, spaceport) ? freeChatName : undefined);
	logger.debug("Reading the question.");
	// Who would be asked does not depend on its words: nobody is made to type some.
	const question = options.explain === true && words.length === 0 ? "?" : await readQuestion(words, surroundings, interrupt);
	const request: ChatRequest = {
		messages: question,
		...(model !== undefined && { model }),
		...(options.system !== undefined && { system: options.system }),
	};
	return { request, spaceport };
}

/** Writes the text as it grows, and a line end after it, whether it came to its end or not. */
async function writeText(stream: ChatStream, output: Output): Promise<void> {
	let last = "";
	try {
		for await (const text of stream.textStream) {
			await output.write(text);
			last = text;
		}
	} finally {
		if (last !== "" && !last.endsWith("\n")) await output.write("\n");
	}
}

async function writeChunks(stream: AsyncIterable<Chunk>, output: Output): Promise<void> {
	for await (const chunk of stream) await output.write(chunkLine(chunk));
}
