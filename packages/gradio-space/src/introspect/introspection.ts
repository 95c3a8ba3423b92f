import type { Logger } from "@spaceport/core";

import type { SpaceConfig } from "../handshake/space-config.ts";
import { explained } from "../space-failure.ts";
import type { Http } from "../transport/http.ts";
import { createSharedWork, type SharedWork } from "../transport/share-work.ts";
import { describeEndpoints } from "./describe-endpoints.ts";
import type { EndpointInfo } from "./endpoint-info.ts";
import { parseInfo, type SaidInfo } from "./read-info.ts";

/** What the functions of one Space take and give. It is read once for each of its configs, and forgotten with that. */
export interface Introspection {
	/**
	 * Describes the functions of a config. Where the Space does not tell more than that, the config alone has to do.
	 *
	 * @param config - the Space's config
	 * @param wait - how long to wait for what it says besides
	 */
	endpoints(config: SpaceConfig, wait: IntrospectionWait): Promise<readonly EndpointInfo[]>;
}

/** How long to wait. */
export interface IntrospectionWait {
	readonly signal: AbortSignal;
	/** Until the headers of `/info`, and as long again until its end, in milliseconds. */
	readonly connectMs: number;
	readonly logger: Logger;
}

const largestInfo = 20 * 1024 * 1024;
/** After how long a Space that failed to say more is asked again, in milliseconds. */
const askAgainMs = 30_000;

interface Known {
	readonly work: SharedWork<readonly EndpointInfo[]>;
	endpoints?: readonly EndpointInfo[];
	/** Until when that will do, by `performance.now()`. */
	until?: number;
}

/**
 * Makes what describes the functions of one Space.
 *
 * @param http - sends the request
 */
export function createIntrospection(http: Http): Introspection {
	const configs = new WeakMap<SpaceConfig, Known>();

	return {
		async endpoints(config, wait) {
			const known: Known = configs.get(config) ?? { work: createSharedWork() };
			configs.set(config, known);
			if (known.endpoints !== undefined && performance.now() < (known.until ?? Infinity)) return known.endpoints;
			return known.work.join(async (signal) => {
				const { info, passing } = await fetchInfo(http, config, { ...wait, signal });
				signal.throwIfAborted();
				known.endpoints = describeEndpoints(config, info);
				known.until = passing ? performance.now() + askAgainMs : Infinity;
				return known.endpoints;
			}, wait.signal);
		},
	};
}

/** It throws nothing: a Space that says no more is described by its config. */
async function fetchInfo(
	http: Http,
	{ apiPrefix }: SpaceConfig,
	{ signal, connectMs, logger }: IntrospectionWait,
): Promise<{ info: SaidInfo | undefined; passing: boolean }> {
	let passing = true;
	try {
		const answer = await http.send({
			method: "GET",
			// With those that are not documented, and without the examples of programs, which are most of it on Gradio 6.
			path: `${apiPrefix}/info?all_endpoints=true`,
			phase: "info",
			accept: "application/json",
			connectMs,
			signal,
		});
		const { ok, status } = answer.response;
		const { text, end } = await answer.text({ maxBytes: largestInfo, maxMs: connectMs }, signal);
		passing = status >= 500 || end === "late" || end === "broken";
		const info = ok && end === "whole" ? parseInfo(text) : undefined;
		if (info === undefined) logger.debug({ status, end }, "The Space does not describe its functions; its config has to do.");
		return { info, passing };
	} catch (error) {
		if (!signal.aborted) logger.debug({ err: await explained(error) }, "The Space does not describe its functions; its config has to do.");
		return { info: undefined, passing };
	}
}
