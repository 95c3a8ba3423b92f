import type { Recipient } from "@spaceport/free-chat";

import { oneLine } from "./one-line.ts";

/**
 * Who gets the prompt, as a line that fits into 80 columns for most of them: who, which model, as whom, and what is known of what becomes of it.
 *
 * @param recipient - who
 */
export function recipientLine({ title, model, leavesMachine, account, privacy, url }: Recipient): string {
	// A Space is a model.
	const who = oneLine(model === "" || title.startsWith("the Space ") ? title : `${title} (${model})`);
	if (leavesMachine === false) return url === undefined ? `Asking ${who}; nothing leaves this machine` : `Asking ${who} on this machine`;
	if (account === "unknown") return `Asking ${who}, as configured${url === undefined ? "" : `, at ${new URL(url).host}`}`;
	const whom = account === "none" ? "no account" : title.startsWith("the Space ") ? "your token" : "your key";
	return `Sending to ${who}, ${whom}; ${becomes(privacy)}`;
}

function becomes({ logsPrompts, trains }: Recipient["privacy"]): string {
	if (logsPrompts === true) return trains === true ? "prompts are kept, and trained on" : "prompts are kept";
	if (trains === true) return "prompts may be trained on";
	if (logsPrompts === false) return "not kept, it says";
	return trains === false ? "not trained on, it says" : "logging unknown";
}
