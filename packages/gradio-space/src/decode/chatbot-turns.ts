import { outputValue } from "./output-value.ts";

/** Somebody's words in a Chatbot, as far as they are looked at. */
export interface Said {
	readonly role: "user" | "assistant" | "system";
	/** Texts, files and components. */
	readonly blocks: readonly unknown[];
	/** Title of a thought. */
	readonly thought?: string | undefined;
	/** The answers that the page offers. */
	readonly options?: unknown;
}

/** The pairs or messages of a Chatbot's value as they are, so that who needs the last ones does not read all of them. */
export function chatbotTurns(value: unknown): readonly unknown[] | undefined {
	const turns = outputValue(value);
	// An empty Chatbot is null where it was never filled.
	if (turns === null) return [];
	return Array.isArray(turns) ? turns : undefined;
}

/** Whether the user speaks in a turn. It is asked of each turn at each step, so it looks at no text. */
export function isUserTurn(turn: unknown): boolean {
	return Array.isArray(turn) ? turn[0] !== null && turn[0] !== undefined : isRecord(turn) && turn.role === "user";
}

/** What was said in one pair, or in a message; nothing where it is neither. */
export function saidInTurn(turn: unknown): readonly Said[] {
	if (Array.isArray(turn)) {
		const said = (side: unknown, role: Said["role"]): Said[] =>
			side === null || side === undefined ? [] : [{ role, blocks: pairSide(side) }];
		return [...said(turn[0], "user"), ...said(turn[1], "assistant")];
	}
	if (!isRecord(turn)) return [];
	const { role, content, metadata, options } = turn;
	if (role !== "user" && role !== "assistant" && role !== "system") return [];
	const thought = isRecord(metadata) ? textOf(metadata.title) : undefined;
	return [{ role, blocks: Array.isArray(content) ? content : [content], thought, options }];
}

/** A side of a pair may be a file as the app writes it: its path, and words for it. */
function pairSide(side: unknown): readonly unknown[] {
	if (!Array.isArray(side)) return [side];
	const [path, description] = side;
	return [{ file: { path }, alt_text: description }];
}

/** The text of what stands in a message. Where it is one piece, it is that very string. */
export function textOfBlocks(blocks: readonly unknown[]): string {
	return paragraphs(blocks.flatMap((block) => textOf(isRecord(block) ? blockText(block) : block) ?? []));
}

/** Several texts as one. A single one stays the very string. */
export function paragraphs(texts: readonly string[]): string {
	return texts.length === 1 ? (texts[0] as string) : texts.join("\n\n");
}

/** The components whose value is what they say. Of the others a text is an address, or nothing to read. */
const textComponents: readonly unknown[] = ["textbox", "textarea", "markdown", "html", "code"];

function blockText(block: Fields): unknown {
	if (typeof block.text === "string") return block.text;
	return textComponents.includes(block.component) ? block.value : undefined;
}

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that says something. */
export function textOf(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}
