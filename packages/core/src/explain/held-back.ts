import type { Limiters, SlotOptions, SlotOutlook } from "../chain/limits/limiter.ts";
import { inOneLine } from "../errors/in-one-line.ts";
import type { AsyncGeneratorProvider } from "../provider.ts";

/** How somebody is held back by limits. */
export interface HeldBack {
	/** A sentence or two. */
	readonly limit: string;
	/** When there is room, in milliseconds since 1970, where that is known. */
	readonly roomAt?: number;
}

/**
 * Whether somebody would have to wait for limits, or would be refused by them: ours, or what it said of its own. Of several keys, the one that is free first counts.
 *
 * @param provider - who would be asked
 * @param limiters - what keeps it
 * @param options - how it would ask for a slot
 * @param now - the clock
 */
export function heldBack(
	provider: AsyncGeneratorProvider,
	limiters: Limiters,
	options: Omit<SlotOptions, "signal">,
	now: number,
): HeldBack | undefined {
	const { keys = [] } = provider;
	const looks = (keys.length === 0 ? [undefined] : keys).map((key) => limiters.find(provider, key)?.look(options));
	if (looks.includes(undefined)) return undefined;
	const [best] = (looks as SlotOutlook[]).sort((one, other) => rank(one) - rank(other) || one.waitMs - other.waitMs);
	const { error, waitMs, position = 0 } = best as SlotOutlook;
	const roomAt = waitMs > 0 && waitMs < Infinity ? { roomAt: now + Math.ceil(waitMs) } : {};
	if (error !== undefined) return { limit: inOneLine(error.message), ...roomAt };
	const others = position === 0 ? "those under way" : `those under way, and ${position} that wait${position === 1 ? "s" : ""}`;
	return { limit: waitMs > 0 ? `It would wait ${Math.ceil(waitMs / 1000)} s for its limits.` : `It would wait for ${others}.`, ...roomAt };
}

function rank({ error }: SlotOutlook): number {
	return error === undefined ? 0 : 1;
}
