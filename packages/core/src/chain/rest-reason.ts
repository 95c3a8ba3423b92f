import { inOneLine } from "../errors/in-one-line.ts";
import { isMoment, wallClock } from "../errors/when.ts";
import type { Resting } from "./health/health.ts";

/**
 * Why a candidate rests, in one line that goes on after its name.
 *
 * @param resting - its rest
 * @param now - the clock, in milliseconds since 1970; left out where the time is told beside it
 */
export function restReason(resting: Resting, now?: number): string {
	const { state, code, message, byHand } = resting;
	const words = inOneLine(message, 120).replace(/\.$/, "");
	const end = endOf(resting, now);
	const until = end === undefined ? "" : ` until ${end}`;
	if (byHand === true) return `was taken out by hand${until}: ${words}`;
	return state === "probing" ? `is being tried by another request after ${code}: ${words}` : `rests${until} after ${code}: ${words}`;
}

function endOf({ state, until }: Resting, now: number | undefined): string | undefined {
	if (state === "refused" || !isMoment(until)) return "it is reset";
	if (now === undefined) return undefined;
	const { day, time } = wallClock(until, now);
	return day === undefined ? time : `${day} ${time}`;
}
