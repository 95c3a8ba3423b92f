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
	const { afterMs } = fact;
	switch (fact.kind) {
		case "late":
			return new TimeoutError(`No answer from ${space} (${fact.phase}) within ${afterMs} ms.`, {
				phase: "connect",
				afterMs,
				hint: "Ask again later, or give it more time with connectMs.",
			});
		case "silent":
			return new TimeoutError(`Nothing came from ${space} (${fact.phase}) for ${afterMs} ms.`, {
				phase: "idle",
				afterMs,
				hint: "Ask again, or give it more time with idleMs.",
			});
		case "too-long":
			return new TimeoutError(`The call to ${space} was not over after ${afterMs} ms.`, {
				phase: "total",
				afterMs,
				hint: "Give it more time with totalMs.",
			});
	}
}
