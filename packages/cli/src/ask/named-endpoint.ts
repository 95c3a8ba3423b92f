import type { Spaceport } from "@spaceport/core";

import { isEndpoint, readEndpoint } from "../endpoint-provider.ts";
import type { Environment } from "../environment.ts";
import { refuseOffline } from "../offline-refusal.ts";
import type { Named } from "./reference.ts";

/** What the user allows. */
export interface EndpointWishes {
	/** Where keys are read. */
	readonly environment: Pick<Environment, "key">;
	/** Allows no network. */
	readonly offline: boolean;
}

/**
 * Makes a provider of an endpoint that is named in place of one: `--provider groq`, `--model groq`, or `--model groq:some-model`.
 *
 * @param named - whom the user names
 * @param spaceport - what is registered; the provider joins it, unless the name means somebody there
 * @param wishes - keys and network
 * @throws InvalidRequestError that names the variable where the endpoint's key is missing
 */
export function registerEndpoint(named: Named, spaceport: Spaceport, { environment, offline }: EndpointWishes): void {
	const name = named.provider ?? (named.chain === undefined ? endpointOf(named.model ?? "", spaceport) : undefined);
	if (name === undefined || spaceport.has(name) || !isEndpoint(name)) return;
	const endpoint = readEndpoint(name, name, {}, environment);
	// Nobody needs a key for what is not asked.
	spaceport.register(name, offline && endpoint.network ? refuseOffline(name, endpoint) : endpoint.create());
}

/** The part of a reference that may be an endpoint's name, where nobody is known by the whole. */
function endpointOf(reference: string, spaceport: Spaceport): string | undefined {
	if (spaceport.has(reference) || spaceport.models().some(({ id, aliases }) => id === reference || aliases?.includes(reference)))
		return undefined;
	return reference.split(":", 1)[0];
}
