import { inOneLine } from "../errors/in-one-line.ts";
import { isMoment, wallClock } from "../errors/when.ts";
import type { Resting } from "./health/health.ts";

/**
 * Why a candidate rests, in one line that goes on after its name.
 *
 * @param resting - its rest
 * @param now - the clock, in milliseconds since 1970, where it is to be said until when; not where that is told beside it
 */
export function restReason(resting: Resting, now?: number): string {
	const { state, code, message, byHand } = resting;
	const words = inOneLine(message, 120).replace(/\.$/, "");
	const until = now === undefined ? "" : ` until ${endOf(resting, now)}`;
	if (byHand === true) return `was taken out by hand${until}: ${words}`;
	return state === "probing" ? `is being tried by another request after ${code}: ${words}` : `rests${until} after ${code}: ${words}`;
}

function endOf({ state, until }: Resting, now: number): string {
	if (state === "refused" || !isMoment(until)) return "it is reset";
	const { day, time } = wallClock(until, now);
	return day === undefined ? time : `${day} ${time}`;
}
