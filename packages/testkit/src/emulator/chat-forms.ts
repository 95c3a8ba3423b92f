import type { GrowingText } from "./growing-text.ts";
import type { VersionProfile } from "./version-profile.ts";

/** Pairs of question and answer, or messages with roles. */
export type ChatForm = "tuples" | "messages";

/** The form that a version's Chatbot has where the app does not choose one. */
export function defaultChatForm(profile: VersionProfile): ChatForm {
	return profile.chatMessages === "parts" ? "messages" : "tuples";
}

/** Whether a version's Chatbot can have a form. */
export function hasChatForm(profile: VersionProfile, form: ChatForm): boolean {
	return form === "tuples" ? profile.chatMessages !== "parts" : profile.chatMessages !== "absent";
}

/** One turn as a Chatbot sends it. */
export function chatTurn(profile: VersionProfile, form: ChatForm, question: string, answer: string | GrowingText | null): unknown[] {
	if (form === "tuples") return [[question, answer]];
	const turn = [chatMessage(profile, "user", question)];
	if (answer !== null) turn.push(chatMessage(profile, "assistant", answer));
	return turn;
}

function chatMessage(profile: VersionProfile, role: string, text: string | GrowingText): object {
	if (profile.chatMessages === "titled") return { role, metadata: { title: null }, content: text };
	if (profile.chatMessages === "plain") return { role, metadata: null, content: text, options: null };
	return { role, metadata: null, content: [{ text, type: "text" }], options: null };
}

/** Whether a Chatbot takes a value as its input; a function whose Chatbot does not fails with a plain exception. */
export function acceptsHistory(profile: VersionProfile, form: ChatForm, value: unknown): boolean {
	if (value === null) return true;
	if (!Array.isArray(value)) return false;
	if (form === "tuples") return value.every((turn) => Array.isArray(turn) && turn.length === 2);
	return value.every((message) => isMessage(message) && acceptsMessage(profile, message));
}

function acceptsMessage(profile: VersionProfile, message: { content: unknown; metadata?: unknown }): boolean {
	if (profile.chatMessages === "titled" && message.metadata === null) return false;
	return Array.isArray(message.content) === (profile.chatMessages === "parts");
}

function isMessage(value: unknown): value is { role: unknown; content: unknown; metadata?: unknown } {
	return typeof value === "object" && value !== null && "role" in value && "content" in value;
}
