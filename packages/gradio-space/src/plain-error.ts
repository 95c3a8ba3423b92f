import { AbortedError, isSpaceportError, type SpaceportError, TimeoutError } from "@spaceport/core";

import type { SpaceFact } from "./to-spaceport-error.ts";

/** The facts that are part of the life of every page: they are told at once, also where nothing can be loaded any more. */
export type PlainFact = Extract<SpaceFact, { readonly kind: "aborted" | "late" | "silent" | "too-long" }>;

/** Whether a fact is told without loading anything. */
export function isPlain(fact: SpaceFact): fact is PlainFact {
	return fact.kind === "aborted" || fact.kind === "late" || fact.kind === "silent" || fact.kind === "too-long";
}

/** The error of such a fact. */
export function plainError(fact: PlainFact, space: string): SpaceportError {
	if (fact.kind === "aborted") {
		const { reason } = fact;
		return isSpaceportError(reason, "aborted") ? reason : new AbortedError("The caller aborted the request.", { reason, cause: reason });
	}
	const { kind, afterMs } = fact;
	const place = kind === "too-long" ? space : `${space} (${fact.phase})`;
	const [message, phase, hint] =
		kind === "late"
			? ([`No answer from ${place} within ${afterMs} ms.`, "connect", "Ask again later, or give it more time with connectMs."] as const)
			: kind === "silent"
				? ([`Nothing came from ${place} for ${afterMs} ms.`, "idle", "Ask again, or give it more time with idleMs."] as const)
				: ([`The call to ${place} was not over after ${afterMs} ms.`, "total", "Give it more time with totalMs."] as const);
	return new TimeoutError(message, { phase, afterMs, hint });
}
