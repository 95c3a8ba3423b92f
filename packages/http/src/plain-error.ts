import { AbortedError, isSpaceportError, type SpaceportError, TimeoutError } from "@spaceport/core";

/** The facts that are part of the life of every page: they are told at once, also where nothing can be loaded any more. */
export type PlainFact =
	/** The caller's signal aborted. */
	| { readonly kind: "aborted"; readonly reason: unknown }
	/** No answer in time. `phase` is what the request was for. */
	| { readonly kind: "late"; readonly phase: string; readonly afterMs: number }
	/** Nothing came for too long. */
	| { readonly kind: "silent"; readonly phase: string; readonly afterMs: number }
	/** The call took longer than it may in all. */
	| { readonly kind: "too-long"; readonly afterMs: number };

/** Whether a fact is told without loading anything. */
export function isPlain<Fact extends { readonly kind: string }>(fact: Fact): fact is Fact & PlainFact {
	return fact.kind === "aborted" || fact.kind === "late" || fact.kind === "silent" || fact.kind === "too-long";
}

/**
 * The error of such a fact.
 *
 * @param fact - what was seen
 * @param address - of the server
 */
export function plainError(fact: PlainFact, address: string): SpaceportError {
	if (fact.kind === "aborted") {
		const { reason } = fact;
		return isSpaceportError(reason, "aborted") ? reason : new AbortedError("The caller aborted the request.", { reason, cause: reason });
	}
	const { kind, afterMs } = fact;
	const place = kind === "too-long" ? address : `${address} (${fact.phase})`;
	const [message, phase, hint] =
		kind === "late"
			? ([`No answer from ${place} within ${afterMs} ms.`, "connect", "Ask again later, or give it more time with connectMs."] as const)
			: kind === "silent"
				? ([`Nothing came from ${place} for ${afterMs} ms.`, "idle", "Ask again, or give it more time with idleMs."] as const)
				: ([`The call to ${place} was not over after ${afterMs} ms.`, "total", "Give it more time with totalMs."] as const);
	return new TimeoutError(message, { phase, afterMs, hint });
}
