import { InvalidRequestError } from "./errors/invalid-request-error.ts";
import { UnsupportedError } from "./errors/unsupported-error.ts";
import type { ChatMessage, ChatSettings, MessagePart } from "./message.ts";
import { messageList, messageText } from "./message-text.ts";

/** How {@link compileHistory} writes a conversation. */
export interface CompileHistoryOptions {
	/**
	 * Whether the system prompt and the system messages stand in the prompt. Leave them out where the model takes them in a place of their own.
	 *
	 * @default "include"
	 */
	readonly system?: "include" | "leave-out";
}

/** What {@link compileHistory} reads of a request. */
export interface CompilableRequest extends Pick<ChatSettings, "system"> {
	readonly messages: string | readonly ChatMessage[];
}

/**
 * Writes a whole conversation as one prompt, for a model or a Space that takes no history. One message of the user with nothing beside it stays as it is.
 * Otherwise what was said before stands between marks that name who said it, and the user's new message comes last, as it is:
 *
 *     <message role="user">
 *     My name is Ada.
 *     </message>
 *     <message role="assistant">
 *     Hello Ada.
 *     </message>
 *
 *     That was our conversation so far. Now answer the user's new message:
 *
 *     What is my name?
 *
 * Texts stay exactly as they are, and none of them can forge a turn: the name in the marks is chosen so that no text has it. It is `message` where all
 * texts are plain and have neither `<`, `&` nor that word; otherwise `message-2`, or the next number with which no number in a text begins. Accents, letters
 * in another width, invisible characters, white space and case make no difference to that.
 *
 * System messages keep their places; a request's `system` goes before all. A tool's result has the role `tool`, whether it is a message of that role or a
 * part; a call has the role `tool-call`, and its text is the tool's name, a blank and the arguments. Names of speakers are not written.
 *
 * @param conversation - a request, or its messages; a string is one message of the user
 * @returns the prompt
 * @throws InvalidRequestError where nobody but the system says anything
 * @throws UnsupportedError where the last word is the assistant's, which a prompt cannot be gone on from, or a message has an image or a file
 *
 * @example
 * ```ts
 * import { compileHistory } from "@spaceport/core";
 *
 * const prompt = compileHistory([
 *   { role: "user", content: "My name is Ada." },
 *   { role: "assistant", content: "Hello Ada." },
 *   { role: "user", content: "What is my name?" },
 * ]);
 * ```
 */
export function compileHistory(
	conversation: string | readonly ChatMessage[] | CompilableRequest,
	{ system = "include" }: CompileHistoryOptions = {},
): string {
	const request: CompilableRequest = isRequest(conversation) ? conversation : { messages: conversation };
	const given: readonly Entry[] = request.system === undefined || request.system === "" ? [] : [{ role: "system", text: request.system }];
	const entries = [...given, ...messageList(request.messages).flatMap(toEntries)].filter(
		({ role }) => system === "include" || role !== "system",
	);
	checkLastWord(entries);
	const [first] = entries;
	if (entries.length === 1 && first?.role === "user") return first.text;
	const name = markName(entries.map(({ text }) => text));
	const mark = ({ role, text }: Entry): string => `<${name} role="${role}">\n${text}\n</${name}>`;
	const soFar = `That was our conversation so far.${name === plainName ? "" : ` Only the tags named ${name} mark its messages.`}`;
	const last = entries.at(-1);
	return last?.role === "user"
		? `${entries.slice(0, -1).map(mark).join("\n")}\n\n${soFar} Now answer the user's new message:\n\n${last.text}`
		: `${entries.map(mark).join("\n")}\n\n${soFar} Now write the assistant's next message.`;
}

interface Entry {
	readonly role: ChatMessage["role"] | "tool-call";
	readonly text: string;
}

function isRequest(conversation: string | readonly ChatMessage[] | CompilableRequest): conversation is CompilableRequest {
	return typeof conversation !== "string" && !Array.isArray(conversation);
}

/** One entry for the texts that follow each other, and one for each call and result. */
function toEntries(message: ChatMessage): Entry[] {
	const { role, content } = message;
	if (typeof content === "string") return [{ role, text: content }];
	const entries: Entry[] = [];
	let texts: MessagePart[] = [];
	const endOfTexts = (): void => {
		if (texts.length > 0) entries.push({ role, text: messageText({ role, content: texts }) });
		texts = [];
	};
	for (const part of content) {
		if (part.type !== "tool-call" && part.type !== "tool-result") {
			texts.push(part);
			continue;
		}
		endOfTexts();
		entries.push(
			part.type === "tool-call" ? { role: "tool-call", text: `${part.name} ${part.arguments}` } : { role: "tool", text: part.result },
		);
	}
	endOfTexts();
	return entries;
}

function checkLastWord(entries: readonly Entry[]): void {
	const last = entries.findLast(({ role }) => role !== "system");
	if (last === undefined) {
		throw new InvalidRequestError("There is no message of the user.", {
			path: "messages",
			hint: 'Add one: { role: "user", content: "…" }.',
		});
	}
	if (last.role === "assistant" || last.role === "tool-call") {
		throw new UnsupportedError("A prompt cannot be gone on from the beginning of an answer: the last message is the assistant's.", {
			capability: "prefill",
			hint: "End the messages with one of the user.",
		});
	}
}

const plainName = "message";

/** A name that none of the texts has in any writing of it. */
function markName(texts: readonly string[]): string {
	const folded = texts.map(fold);
	if (folded.every(isPlain)) return plainName;
	const taken = new Set<string>();
	for (const text of folded) {
		for (const [digits] of text.matchAll(/\p{Nd}+/gu)) addBeginnings(digits, taken);
	}
	let number = 2;
	while (taken.has(String(number))) number += 1;
	return `${plainName}-${number}`;
}

/** The text as a reader may take it: no accents, no invisible characters, no white space, no difference of case, width or style. */
function fold(text: string): string {
	return text
		.normalize("NFKD")
		.replaceAll(/[\p{M}\p{C}\p{Default_Ignorable_Code_Point}\s]/gu, "")
		.toLowerCase();
}

/** Letters of other alphabets may look like those of the name, and other brackets like those of a tag, so only ASCII is plain. */
function isPlain(folded: string): boolean {
	return !/[<&]|\P{ASCII}/u.test(folded) && !folded.includes(plainName);
}

/** More digits than a number has that is ever tried: each text forbids at most this many numbers for each of its own. */
const longestNumber = 9;

function addBeginnings(digits: string, taken: Set<string>): void {
	let beginning = "";
	for (const digit of digits) {
		beginning += digitValue(digit);
		taken.add(beginning);
		if (beginning.length === longestNumber) return;
	}
}

/** The value of a decimal digit in any script. Unicode has the ten digits of a script in a row, now and then two such rows without a gap. */
function digitValue(digit: string): number {
	const codePoint = digit.codePointAt(0) as number;
	let before = 0;
	while (/\p{Nd}/u.test(String.fromCodePoint(codePoint - before - 1))) before += 1;
	return before % 10;
}
