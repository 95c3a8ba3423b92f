import { NetworkError, type SpaceportError, TimeoutError } from "@spaceport/core";
import { causeWords } from "@spaceport/http";

/** Why a place counts as out of reach. */
export type OutOfReach =
	/** Nothing came back in time. */
	| { readonly kind: "silent"; readonly afterMs: number }
	/** There is no way there: its name has no address, or it takes no connection. */
	| { readonly kind: "no-way"; readonly cause: unknown };

/**
 * The error for somebody who is out of reach.
 *
 * @param reason - why
 * @param provider - who
 * @param place - what was tried: an origin
 * @param nothingSent - whether it is certain that nothing of the prompt was sent
 */
export function toSpaceportError(reason: OutOfReach, provider: string, place: string, nothingSent: boolean): SpaceportError {
	const { hostname } = new URL(place);
	const sent = nothingSent ? "; nothing was sent" : "";
	const hint = "Check the network, and the proxy where there is one.";
	if (reason.kind === "silent") {
		const message = `${hostname} is out of reach: no answer after ${reason.afterMs} ms${sent}.`;
		return new TimeoutError(message, { phase: "connect", afterMs: reason.afterMs, provider, hint });
	}
	const words = causeWords(reason.cause).replace(/^fetch failed: /, "");
	return new NetworkError(`${hostname} is out of reach (${words})${sent}.`, { phase: "look", cause: reason.cause, provider, hint });
}
