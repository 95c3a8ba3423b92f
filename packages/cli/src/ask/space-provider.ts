import type { Spaceport } from "@spaceport/core";

import { refuseOffline } from "../offline-refusal.ts";
import { takesToken } from "../takes-token.ts";

/** What the user allows. */
export interface SpaceProviderWishes {
	/** The Hugging Face token, where there is one. */
	readonly token: string | undefined;
	/** Allows no network. */
	readonly offline: boolean;
}

/** `owner/name`, or where a Gradio server answers. */
const space = /^(?:https?:\/\/\S+|[A-Za-z0-9][\w.-]*\/[\w.-]+)$/;

/**
 * Makes a provider of a Space that is named in place of one: any that is a chat, without a configuration.
 *
 * @param name - what the user said for `--provider`
 * @param spaceport - what is registered; the provider joins it, unless there is one of that name
 * @param wishes - token and network
 */
export async function registerSpace(
	name: string | undefined,
	spaceport: Spaceport,
	{ token, offline }: SpaceProviderWishes,
): Promise<void> {
	if (name === undefined || spaceport.has(name) || !space.test(name)) return;
	const { createSpaceProvider } = await import("@spaceport/gradio-space");
	const isAddress = name.includes("://");
	const provider = createSpaceProvider(name, {
		name,
		...(token !== undefined && takesToken(isAddress ? { baseUrl: name } : {}) && { token }),
	});
	spaceport.register(offline ? refuseOffline(name, provider) : provider);
}
