import { type ChatMessage, InvalidRequestError, type MessagePart, type ProviderRequest } from "@spaceport/core";

import type { Quirks } from "../quirks.ts";
import type { WireMessage, WirePart } from "./wire.ts";
import { writePart } from "./write-part.ts";

/**
 * Writes the messages of a request. The system prompt comes first, together with the system messages that follow it; each result of a tool is a message of its own,
 * before the rest of the message that it stands in.
 *
 * @param request - what is asked
 * @param quirks - how the endpoint takes content
 * @throws UnsupportedError where a part cannot be sent there, InvalidRequestError where it cannot be sent at all
 */
export async function writeMessages(request: Pick<ProviderRequest, "system" | "messages">, quirks: Quirks): Promise<WireMessage[]> {
	const { system, messages } = request;
	const written: WireMessage[] = [];
	/** The calls that no tool has answered yet. */
	const open: string[] = [];
	if (system) written.push({ role: "system", content: content([{ type: "text", text: system }], quirks) });
	for (const [index, message] of messages.entries()) {
		const path = `messages[${index}]`;
		const parts = typeof message.content === "string" ? textPart(message.content) : message.content;
		const results = parts.filter((part) => part.type === "tool-result");
		const calls = parts.filter((part) => part.type === "tool-call");
		for (const { id, result } of results) {
			written.push({ role: "tool", tool_call_id: id, content: content(textPart(result), quirks) });
			if (open.includes(id)) open.splice(open.indexOf(id), 1);
		}
		const rest = parts.filter((part) => part.type !== "tool-result" && part.type !== "tool-call");
		if (message.role === "tool") {
			if (rest.length > 0) written.push(await looseResult(message, rest, open, path, quirks));
			continue;
		}
		if (rest.length === 0 && calls.length === 0 && results.length > 0) continue;
		const said = content(await Promise.all(rest.map((part, at) => writePart(part, `${path}.content[${at}]`, quirks))), quirks);
		for (const { id } of calls) open.push(id);
		const before = written.at(-1);
		if (message.role === "system" && index === 0 && typeof before?.content === "string" && typeof said === "string") {
			written[0] = { role: "system", content: `${before.content}\n${said}` };
			continue;
		}
		const named = message.name !== undefined && quirks.names !== false;
		written.push({
			role: message.role,
			content: calls.length > 0 && said === "" && quirks.content !== "text" ? null : said,
			...(named && { name: message.name }),
			...(calls.length > 0 && {
				// Most servers parse them, and refuse nothing for JSON.
				tool_calls: calls.map(({ id, name, arguments: text }) => ({
					id,
					type: "function",
					function: { name, arguments: text.trim() || "{}" },
				})),
			}),
		});
	}
	return written;
}

type OtherPart = Exclude<MessagePart, { readonly type: "tool-call" | "tool-result" }>;

/** A tool's message without the call that it is for: that of the one call that is open. */
async function looseResult(
	{ name }: ChatMessage,
	rest: readonly OtherPart[],
	open: string[],
	path: string,
	quirks: Quirks,
): Promise<WireMessage> {
	const [id, another] = open;
	if (id === undefined || another !== undefined) {
		throw new InvalidRequestError(
			`${path} is a tool's, and does not say which call it answers${name === undefined ? "" : ` ("${name}")`}.`,
			{
				path: `${path}.content`,
				hint: 'Give its content as [{ type: "tool-result", id, result }].',
			},
		);
	}
	open.length = 0;
	const written = await Promise.all(rest.map((part, at) => writePart(part, `${path}.content[${at}]`, quirks)));
	return { role: "tool", tool_call_id: id, content: content(written, quirks) };
}

function textPart(text: string): [{ readonly type: "text"; readonly text: string }] {
	return [{ type: "text", text }];
}

/** One string where there is nothing but text. */
function content(parts: readonly WirePart[], quirks: Quirks): string | readonly WirePart[] {
	if (quirks.content === "parts") return parts;
	if (parts.some(({ type }) => type !== "text")) return parts;
	return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}
