import { type ProviderRequest, UnsupportedError } from "@spaceport/core";

import type { SpaceCaller } from "../create-space.ts";
import type { EndpointInfo } from "../introspect/endpoint-info.ts";
import type { SpaceTurn } from "../provider/space-turn.ts";
import type { SubmitOptions } from "../space-options.ts";
import { surround } from "../surround.ts";
import { chatFunctions } from "./chat-function.ts";
import { planTurn } from "./plan-turn.ts";
import { type Recognition, recogniseChat } from "./recognise-chat.ts";

/** What was found out about a Space, by its description: that is another one after each start of the app. */
const known = new WeakMap<readonly EndpointInfo[], Map<string, Recognition>>();

/**
 * How a turn of a Space goes of which nothing is known beforehand.
 *
 * @param caller - of the Space
 * @param request - what is asked
 * @param api - the function, where the caller names it
 * @param options - how long to wait for what the Space says about itself
 * @throws UnsupportedError where that is no chat, or more than one
 */
export async function chatTurn(
	caller: SpaceCaller,
	request: ProviderRequest,
	api: string | readonly string[] | undefined,
	{ signal, connectMs, totalMs, wakeMs, logger }: SubmitOptions,
): Promise<SpaceTurn> {
	const space = surround(caller);
	const endpoints = await space.endpoints(signal, { connectMs, totalMs, wakeMs, logger });
	const plans = known.get(endpoints) ?? new Map<string, Recognition>();
	known.set(endpoints, plans);
	const apis = api === undefined ? undefined : [api].flat();
	const key = apis?.join("\n") ?? "";
	const recognition = plans.get(key) ?? recogniseChat(chatFunctions(endpoints, await space.connect(signal)), apis);
	plans.set(key, recognition);
	if ("plan" in recognition) return planTurn(recognition.plan, request);
	throw new UnsupportedError(`No chat was recognised in ${space.url}: ${recognition.refusal}`, {
		capability: "chat-space",
		hint: 'Name the function that chats with the option api, or say how it is called with defineSpaceProvider (the guide "Write a provider" shows how).',
	});
}
