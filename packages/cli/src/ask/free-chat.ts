import { type ChatRequest, InvalidRequestError, isChainProvider, type Spaceport } from "@spaceport/core";

import { freeChatName } from "../free-chat.ts";

/**
 * Whether a request goes to the chain `free-chat` that comes with the command.
 *
 * @param model - whom the user names
 * @param spaceport - what is registered
 */
export function asksFreeChat(model: ChatRequest["model"], spaceport: Spaceport): boolean {
	const asked = model ?? "default";
	if (typeof asked !== "string" || !spaceport.has(asked)) return false;
	const chain = spaceport.get(asked);
	return isChainProvider(chain) && "recipients" in chain && chain === spaceport.get(freeChatName);
}

/**
 * Somebody who is left out must not be asked after all, because another chain is.
 *
 * @param options - the command's
 * @throws InvalidRequestError where `--without` means nobody
 */
export function checkWithout({ without = [] }: { readonly without?: readonly string[] }): void {
	if (without.length === 0) return;
	throw new InvalidRequestError(`--without leaves somebody out of the chain ${freeChatName}, and that is not asked here.`, {
		path: "--without",
		hint: `Say --chain ${freeChatName} as well, or leave --without out.`,
	});
}
