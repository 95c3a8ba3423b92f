import type { ChatMessage } from "@spaceport/core";

import type { SentTurns } from "../decode/read-chatbot.ts";
import { splitConversation } from "./split-conversation.ts";

const known = new WeakMap<object, SentTurns>();

/**
 * What was sent of a request, for `readChatbot`. It is worked out once for each list of messages, since `fromData` asks at each step.
 *
 * @param request - what is asked
 */
export function sentTurns(request: { readonly messages: readonly ChatMessage[] }): SentTurns {
	let sent = known.get(request.messages);
	if (sent === undefined) {
		const { prompt, history } = splitConversation(request);
		const earlier = history.filter(({ user }) => user !== "");
		const previous = earlier.at(-1);
		sent = { prompt, userTurns: earlier.length + 1, ...(previous === undefined ? {} : { previous }) };
		known.set(request.messages, sent);
	}
	return sent;
}
