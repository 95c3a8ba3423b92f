import type { ChatMessage, ProviderRequest } from "../../message.ts";
import type { ModelInfo } from "../../provider.ts";
import { anchorStart } from "./anchor.ts";
import { withoutHalf } from "./characters.ts";
import { openBlock } from "./open-block.ts";
import { readVisible } from "./visible-text.ts";

/** How the next provider is asked to go on. */
export interface Continuation {
	readonly request: Omit<ProviderRequest, "model">;
	readonly way: "prefill" | "instruction";
	/** The beginning of the answer that the caller gave in its own request (an assistant message in last place). Goes to `createAlignment`. */
	readonly before: string;
}

/**
 * Composes the request that has the next provider go on with an answer of which a part was handed out. All but `messages` stays as it was. For text (`continuationKind` says
 * `splice`); a JSON value is asked for anew with the request as it was.
 *
 * A model that takes a prefill gets the answer so far as the assistant's message in last place, as one message with a beginning that the caller itself gave. Some APIs
 * refuse white space at its end, so it goes without. Any other model gets it as an earlier turn, and an instruction from the user to begin with its last words; it never
 * gets an assistant's message in last place, whatever `way` says.
 *
 * @param request - what was asked
 * @param info - what the model can do
 * @param sent - what was handed out of the answer; all of it is sent, however long
 * @param options - `way: "instruction"` where a prefill is not to be used though the model says that it takes one
 */
export function composeContinuation(
	request: Omit<ProviderRequest, "model">,
	info: ModelInfo | undefined,
	sent: string,
	options: { readonly way?: "prefill" | "instruction" } = {},
): Continuation {
	const way = info?.prefill === true && options.way !== "instruction" ? "prefill" : "instruction";
	const { messages } = request;
	const earlier = messages.slice(0, messages.findLastIndex((message) => !isBeginning(message)) + 1);
	const own = messages.slice(earlier.length);
	const before = own.map(textOf).join("");
	const soFar = withoutHalf(before + sent);
	const answer = (content: string): ChatMessage[] => (content === "" ? [] : [{ ...own.at(-1), role: "assistant", content }]);
	if (way === "prefill") return { request: { ...request, messages: [...earlier, ...answer(soFar.trimEnd())] }, way, before };
	if (soFar.trim() === "") return { request: { ...request, messages: earlier }, way, before };
	const instruction: ChatMessage = { role: "user", content: instructionFor(soFar) };
	return { request: { ...request, messages: [...earlier, ...answer(soFar), instruction] }, way, before };
}

/** A message of the assistant that a model could go on from; those in last place are the beginning of the answer. */
function isBeginning({ role, content }: ChatMessage): boolean {
	return role === "assistant" && (typeof content === "string" || content.every((part) => part.type === "text"));
}

function textOf({ content }: ChatMessage): string {
	return typeof content === "string" ? content : content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/**
 * What a model is told that cannot go on from an assistant's message: to repeat the last words, by which the place is found again.
 *
 * @param sent - the answer so far, which has something visible
 */
function instructionFor(sent: string): string {
	const visible = readVisible(sent);
	const block = openBlock(sent);
	const words = sent.slice(visible.offsets[anchorStart(visible, block)]).trimEnd();
	const lines = [
		"Your last reply was cut off by a technical fault before it was complete. Write the rest of it now.",
		"",
		"Begin with its last words, which are these, and repeat them exactly, character for character:",
		"",
		words,
		"",
		"Then go straight on from there to the end of the answer, as if it had never been interrupted: in the same language, the same format and the same style. Do not start over, do not say anything before or after it, do not apologize, do not comment, and do not put it in quotation marks.",
	];
	if (block.code !== undefined) {
		const language = block.code.language === "" ? "" : ` (${block.code.language})`;
		lines.push(
			`It was cut off inside a block of code${language} that is still open: go on with the code itself, do not open the block again, keep the indentation, and close the block with ${block.code.fence} where the code ends.`,
		);
	} else if (block.table !== undefined) {
		lines.push("It was cut off inside a table: go on with its rows, and do not repeat its header.");
	} else if (block.item) {
		lines.push("It was cut off inside a list: go on with the same numbering and the same marks.");
	}
	return lines.join("\n");
}
