import { inOneLine } from "../errors/in-one-line.ts";
import type { Resting } from "./health/health.ts";

/**
 * Why a candidate rests, in one line.
 *
 * @param resting - its rest
 * @param time - until when, in words, where that is to be said
 */
export function restReason({ state, code, message, byHand }: Resting, time?: string): string {
	const words = inOneLine(message, 120).replace(/\.$/, "");
	const until = time === undefined ? "" : ` until ${time}`;
	if (byHand === true) return `was taken out by hand${until}: ${words}`;
	return state === "probing" ? `is being tried by another request after ${code}: ${words}` : `rests${until} after ${code}: ${words}`;
}
