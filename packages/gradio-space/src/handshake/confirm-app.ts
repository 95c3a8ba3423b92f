import { isSpaceportError, type Logger } from "@spaceport/core";
import { parseJson } from "@spaceport/http";

import type { Http } from "../transport/http.ts";
import { readAppId, type SpaceComponent, type SpaceConfig } from "./space-config.ts";

/** Tells whether a Space still runs the app whose config is known. */
export interface Confirmation {
	/**
	 * Asks the server which app it is, by the number that each start of an app draws.
	 *
	 * @returns false where that is another one, or cannot be told: the config has to be read again then. True also where the server does not answer in time
	 */
	isSame(config: SpaceConfig, wait: ConfirmationWait): Promise<boolean>;
}

/** How long to wait. */
export interface ConfirmationWait {
	readonly signal: AbortSignal;
	readonly connectMs: number;
	readonly logger: Logger;
}

/** How long the answer may take, in milliseconds. */
const longestMs = 2_000;
/** For how long a server that did not answer is not asked again, in milliseconds. */
const pauseMs = 60_000;
/** The number is a few digits. */
const largestBody = 4_096;
const mostApps = 64;
/**
 * How often an app may be named whose config does not come, nor that of another one that is new, for each that is known: behind a cache it never will. Copies that
 * are asked in turn, or by chance, are known long before.
 */
const strangersForEach = 4;

/**
 * Makes what confirms the app of one Space.
 *
 * @param http - sends the request
 */
export function createConfirmation(http: Http): Confirmation {
	/** The numbers of apps that have the functions of the config that is known: starts of one app, or copies of it behind one address. */
	const apps = new Set<string>();
	let known: SpaceConfig | undefined;
	let stranger: string | undefined;
	let strangers = 0;
	let useful = true;
	let notBefore = Number.NEGATIVE_INFINITY;

	function adopt(config: SpaceConfig, appId: string): void {
		if (known !== undefined && shapeOf(known) !== shapeOf(config)) {
			// Another version has that path elsewhere.
			apps.clear();
			stranger = undefined;
			useful = true;
		}
		known = config;
		const isNew = !apps.has(appId);
		apps.delete(appId);
		apps.add(appId);
		const [oldest] = apps;
		if (apps.size > mostApps && oldest !== undefined) apps.delete(oldest);
		strangers = isNew || stranger === undefined || apps.has(stranger) ? 0 : strangers + 1;
		useful &&= strangers < strangersForEach * (apps.size + 1);
	}

	return {
		async isSame(config, { signal, connectMs, logger }) {
			const { appId, apiPrefix } = config;
			if (appId === undefined) return false;
			if (config !== known) adopt(config, appId);
			if (!useful) return false;
			if (Date.now() < notBefore) return true;
			try {
				const answer = await http.send({
					method: "GET",
					path: `${apiPrefix}/app_id`,
					phase: "config",
					accept: "application/json",
					connectMs: Math.min(connectMs / 2, longestMs),
					signal,
				});
				const { ok, status } = answer.response;
				const { text } = await answer.text({ maxBytes: largestBody }, signal);
				signal.throwIfAborted();
				useful = status !== 404 && status !== 405;
				stranger = ok ? readAppId(text, parseJson(text)) : undefined;
				return stranger !== undefined && apps.has(stranger);
			} catch (error) {
				signal.throwIfAborted();
				if (!isSpaceportError(error, "timeout")) return false;
				notBefore = Date.now() + pauseMs;
				logger.warn({ err: error, pauseMs }, "The Space does not say which app it runs; it is called as if it were the same one.");
				return true;
			}
		},
	};
}

/** All that a call goes by. */
function shapeOf({ version, protocol, apiPrefix, endpoints }: SpaceConfig): string {
	const kinds = (components: readonly SpaceComponent[] | undefined): unknown =>
		components?.map(({ type, props, hidden }) => [type, props.type, hidden]);
	return JSON.stringify([
		version,
		protocol,
		apiPrefix,
		endpoints.map(({ inputs, outputs, ...endpoint }) => [endpoint, kinds(inputs), kinds(outputs)]),
	]);
}
