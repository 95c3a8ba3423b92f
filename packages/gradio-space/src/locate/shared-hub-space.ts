import type { Fetch } from "@spaceport/http";
import { createHubSpace, type HubSpace, type HubSpaceOptions } from "./hub-space.ts";

/** The process's own, by the `fetch` that asks: another one may lead to another hub, in tests above all. */
const spacesByFetch = new WeakMap<Fetch, Map<string, HubSpace>>();

/**
 * What the process shares about a Space at a hub: the same object for the same hub, Space, token and `fetch`, as long as anybody uses it.
 *
 * @param options - hub, Space and token; `fetch` is the global one where none is given
 */
export function sharedHubSpace(options: Omit<HubSpaceOptions, "fetch"> & { readonly fetch: Fetch | undefined }): HubSpace {
	const fetch = options.fetch ?? globalThis.fetch;
	let spaces = spacesByFetch.get(fetch);
	if (spaces === undefined) {
		spaces = new Map();
		spacesByFetch.set(fetch, spaces);
	}
	const key = JSON.stringify([options.hubUrl, options.hubPath, options.token]);
	const space = spaces.get(key) ?? createHubSpace({ ...options, fetch });
	// The one that was used last comes last, so that the front is where the unused ones are.
	spaces.delete(key);
	for (const [oldKey, old] of spaces) {
		if (!old.isIdle()) break;
		spaces.delete(oldKey);
	}
	spaces.set(key, space);
	return space;
}
