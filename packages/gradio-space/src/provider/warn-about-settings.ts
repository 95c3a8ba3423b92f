import {
	type AttemptContext,
	type ChatSettings,
	type MessagePart,
	messageText,
	type ProviderRequest,
	UnsupportedError,
} from "@spaceport/core";

import { isToolPart } from "./space-conversation.ts";

const plainSettings = ["temperature", "topP", "maxTokens", "stop", "seed"] as const satisfies readonly (keyof ChatSettings)[];

/**
 * Says which settings a Space cannot honour, and throws for what the answer would be wrong without.
 *
 * @param request - what is asked
 * @param honoured - the settings that the provider passes on
 * @param name - the provider's name
 * @param unsupported - is told of each setting
 * @param parts - the kinds of parts beside text that it takes
 * @throws UnsupportedError where a tool must be called, or there are parts that cannot be written as text
 */
export function warnAboutSettings(
	request: ProviderRequest,
	honoured: readonly (keyof ChatSettings)[],
	name: string,
	unsupported: AttemptContext["unsupported"],
	parts: readonly MessagePart["type"][],
): void {
	const honours = (setting: keyof ChatSettings): boolean => honoured.includes(setting);
	const mustCall = request.toolChoice !== undefined && request.toolChoice !== "auto" && request.toolChoice !== "none";
	if (!honours("tools") && mustCall) {
		throw new UnsupportedError(`The Space behind "${name}" does not call tools.`, {
			capability: "tools",
			hint: "Ask a model that does.",
		});
	}
	for (const { role, content } of request.messages) {
		if (typeof content !== "string")
			messageText({ role, content: content.filter((part) => !isToolPart(part) && !parts.includes(part.type)) });
	}
	for (const setting of plainSettings) if (request[setting] !== undefined && !honours(setting)) unsupported(setting);
	if (!honours("tools") && request.toolChoice !== "none" && (request.tools?.length ?? 0) > 0) unsupported("tools");
	if (request.responseFormat?.type === "json" && !honours("responseFormat")) unsupported("responseFormat");
}
