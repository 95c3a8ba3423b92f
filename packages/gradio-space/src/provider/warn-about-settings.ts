import { type ChatSettings, type MessagePart, messageText, type ProviderRequest, UnsupportedError } from "@spaceport/core";

import { isToolPart } from "./space-conversation.ts";

const plainSettings = ["temperature", "topP", "maxTokens", "stop", "seed"] as const satisfies readonly (keyof ChatSettings)[];

/**
 * Says what a Space cannot honour: one warning for each setting, and an error for what the answer would be wrong without.
 *
 * @param request - what is asked
 * @param honoured - the settings that the provider passes on
 * @param name - the provider's name
 * @param warn - receives the warnings
 * @param parts - the kinds of parts beside text that it takes
 * @throws UnsupportedError where there are tools to call, or parts that cannot be written as text
 */
export function warnAboutSettings(
	request: ProviderRequest,
	honoured: readonly (keyof ChatSettings)[],
	name: string,
	warn: (text: string) => void,
	parts: readonly MessagePart["type"][],
): void {
	const honours = (setting: keyof ChatSettings): boolean => honoured.includes(setting);
	const mustCall = request.toolChoice !== undefined && request.toolChoice !== "auto" && request.toolChoice !== "none";
	if (!honours("tools") && request.toolChoice !== "none" && ((request.tools?.length ?? 0) > 0 || mustCall)) {
		throw new UnsupportedError(`The Space behind "${name}" does not call tools.`, {
			capability: "tools",
			hint: 'Ask a model that does, or leave tools out (or say toolChoice: "none").',
		});
	}
	for (const { role, content } of request.messages) {
		if (typeof content !== "string")
			messageText({ role, content: content.filter((part) => !isToolPart(part) && !parts.includes(part.type)) });
	}
	for (const setting of plainSettings) {
		if (request[setting] === undefined || honours(setting)) continue;
		warn(`${setting} has no effect: the Space behind "${name}" does not let it be set.`);
	}
	if (request.responseFormat?.type === "json" && !honours("responseFormat")) {
		warn(`responseFormat has no effect: the Space behind "${name}" answers in whatever form the model chooses.`);
	}
}
