import { chatbotTurns, type Fields, isRecord, saidInTurn, textOf, textOfBlocks } from "./chatbot-turns.ts";

/** A file in a Chatbot's message. Gradio gives a path on the server or an address, and often both. */
export interface ChatbotFile {
	/** Path on the server, or an address. */
	readonly path?: string;
	/** Where it can be had; relative to the Space where it begins with a slash. */
	readonly url?: string;
	/** Its name as it was given: not to be trusted as a path. */
	readonly name?: string;
	/** Media type such as `image/png`. */
	readonly mediaType?: string;
	/** In bytes. */
	readonly size?: number;
	/** What it shows, in words: Gradio's alternative text, or a gallery's caption. */
	readonly description?: string;
}

/** An answer that the page offers as a button. */
export interface ChatbotOption {
	/** What is said when it is chosen. */
	readonly value: string;
	/** What the button shows. @default the value */
	readonly label?: string;
}

/** What somebody says in a Chatbot. */
export interface ChatbotMessage {
	readonly role: "user" | "assistant" | "system";
	/** Its text; the empty string where it has none. Where the value has it in one piece, it is that very string; several have a blank line between them. */
	readonly text: string;
	/** Its files, in order; absent where it has none. */
	readonly files?: readonly ChatbotFile[];
	/** Title of a thought. Only messages that are thoughts, which the page shows folded, have one. */
	readonly thought?: string;
	/** Absent where none are offered. */
	readonly options?: readonly ChatbotOption[];
}

/**
 * Reads a Chatbot's value into messages, whichever of Gradio's forms it has:
 *
 * - pairs of user and assistant (Gradio 3 to 5), where null is a side that says nothing;
 * - messages (4.44 and later) whose content is a text, a file or a component;
 * - messages (6) whose content is a list of texts, files and components;
 *
 * each of them bare or in a `gr.update`. A file is a path with or without words, a FileData, a FileData with words, or the `name` and `mime_type` of
 * Gradio 3. Components give their files, and their text where they are made to show one. As on Gradio's page, messages of other roles are left out. What
 * cannot be read is left out, and nothing is ever thrown.
 *
 * @param value - the Chatbot's output
 * @returns the messages, oldest first; undefined where this is no Chatbot's value, or an update that leaves it as it is
 */
export function chatbotMessages(value: unknown): readonly ChatbotMessage[] | undefined {
	return chatbotTurns(value)?.flatMap(messagesOfTurn);
}

/** The messages of one pair, or the one of a message; none where it is neither. */
function messagesOfTurn(turn: unknown): readonly ChatbotMessage[] {
	return saidInTurn(turn).map(({ role, blocks, thought, options }) => {
		const files: ChatbotFile[] = [];
		for (const block of blocks) if (isRecord(block)) collectFiles(block, undefined, files, deepestFile);
		const offered = Array.isArray(options) ? options.flatMap(toOption) : [];
		return {
			role,
			text: textOfBlocks(blocks),
			...(files.length === 0 ? {} : { files }),
			...(thought === undefined ? {} : { thought }),
			...(offered.length === 0 ? {} : { options: offered }),
		};
	});
}

/** A gallery in a message: the component, its list, the picture and its caption, the file. */
const deepestFile = 4;

/** Finds the files in a block: it is one itself, has one beside its words, or is a component whose value has some. */
function collectFiles(value: unknown, words: string | undefined, found: ChatbotFile[], depth: number): void {
	if (depth === 0) return;
	if (Array.isArray(value)) {
		for (const one of value) collectFiles(one, words, found, depth - 1);
		return;
	}
	if (!isRecord(value)) return;
	const file = toFile(value, words);
	if (file !== undefined) {
		found.push(file);
		return;
	}
	const description = textOf(value.alt_text) ?? textOf(value.caption) ?? words;
	const places = value.component === undefined ? [value.file, value.image, value.video] : [value.value];
	for (const place of places) collectFiles(place, description, found, depth - 1);
}

function toFile(value: Fields, words: string | undefined): ChatbotFile | undefined {
	// Gradio 3 says name and is_file, and puts the address into data.
	const isOld = value.is_file === true;
	const path = textOf(isOld ? value.name : value.path);
	const url = textOf(isOld ? value.data : value.url);
	if (path === undefined && url === undefined) return undefined;
	const name = textOf(value.orig_name);
	const mediaType = textOf(value.mime_type);
	const description = textOf(value.alt_text) ?? words;
	return {
		...(path === undefined ? {} : { path }),
		...(url === undefined ? {} : { url }),
		...(name === undefined ? {} : { name }),
		...(mediaType === undefined ? {} : { mediaType }),
		...(typeof value.size === "number" ? { size: value.size } : {}),
		...(description === undefined ? {} : { description }),
	};
}

function toOption(option: unknown): ChatbotOption[] {
	if (!isRecord(option) || typeof option.value !== "string") return [];
	const label = textOf(option.label);
	return [{ value: option.value, ...(label === undefined ? {} : { label }) }];
}
