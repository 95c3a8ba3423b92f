import { type Fetch, startTimer } from "@spaceport/http";

import { lookInit } from "../platform.ts";
import type { OutOfReach } from "../to-spaceport-error.ts";

/** What a look at a place gave. */
export type Sight = { readonly kind: "reached" } | OutOfReach;

/**
 * Looks whether a place answers at all, whatever it answers: by a request for its root, without a body, a key or anything of a prompt. It throws nothing but the signal's reason.
 *
 * @param place - an origin
 * @param maxMs - after how long a silence it counts as out of reach, in milliseconds
 * @param fetch - sends the request
 * @param signal - ends the look
 */
export async function look(place: string, maxMs: number, fetch: Fetch, signal: AbortSignal): Promise<Sight> {
	const controller = new AbortController();
	let silent = false;
	const clear = startTimer(() => {
		silent = true;
		controller.abort();
	}, maxMs);
	const leave = (): void => controller.abort(signal.reason);
	signal.addEventListener("abort", leave, { once: true });
	try {
		signal.throwIfAborted();
		const { body } = await fetch(`${place}/`, { ...lookInit, signal: controller.signal });
		body?.cancel().catch(() => {});
		return { kind: "reached" };
	} catch (cause) {
		signal.throwIfAborted();
		return silent ? { kind: "silent", afterMs: maxMs } : { kind: "no-way", cause };
	} finally {
		clear();
		signal.removeEventListener("abort", leave);
	}
}
