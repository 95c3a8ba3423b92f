import type { SpaceportErrorCode } from "../../errors/spaceport-error.ts";

/** Why and until when a provider, one of its models or one of its keys is not asked. Plain JSON, so that it can be kept elsewhere. */
export interface Rest {
	/** The model that rests; all of them where it is absent. */
	readonly model?: string;
	/** The key that rests; the provider itself where it is absent. */
	readonly key?: string;
	/** The code of the last failure. */
	readonly code: SpaceportErrorCode;
	/** The words of the last failure, without secrets. */
	readonly message: string;
	/** What else was known of it: the fields of the error that are texts and numbers. */
	readonly details?: Readonly<Record<string, string | number>>;
	/** How often it has failed in a row; 0 where it was taken out by hand. */
	readonly failures: number;
	/** When the rest began, in milliseconds since 1970 (with fractions that keep the order within one). */
	readonly since: number;
	/** When it is over, in milliseconds since 1970; `null` where it has to be reset. Where it is not after `since`, the failures are counted and nobody rests. */
	readonly until: number | null;
	/** Whether the provider said how long. */
	readonly stated: boolean;
	/** It was taken out by hand: no answer ends it. */
	readonly byHand?: true;
	/** Who finds out whether it is well again, now that the time is over, and until when others leave that to them. */
	readonly probe?: { readonly id: string; readonly until: number };
}

/** All that is known of a provider that is not well. Plain JSON, so that it can be kept elsewhere. */
export interface HealthState {
	readonly rests: readonly Rest[];
	/** When it means nothing any more and may be dropped, in milliseconds since 1970; `null` where it has to be reset. */
	readonly expiresAt: number | null;
}

/** How long failures in a row are remembered after a rest is over: one that comes later is the first again. */
export const rememberMs = 600_000;

/** A state as it is kept: without what means nothing any more; undefined where nothing is left. */
export function toState(rests: readonly Rest[], now: number): HealthState | undefined {
	const kept = rests.filter((rest) => !isForgotten(rest, now));
	if (kept.length === 0) return undefined;
	const expiresAt = Math.max(...kept.map(endOf));
	return { rests: kept, expiresAt: expiresAt === Infinity ? null : expiresAt };
}

/** The rests of a state; none where a shared store gives something else, such as what another version has written. */
export function restsOf(state: HealthState | undefined): readonly Rest[] {
	const rests: readonly (Partial<Rest> | null)[] | undefined = state?.rests;
	const isReadable = Array.isArray(rests) && rests.every((rest) => typeof rest?.since === "number" && typeof rest.failures === "number");
	return isReadable ? (rests as readonly Rest[]) : [];
}

/** Whether a rest was over so long ago that it means nothing any more. */
export function isForgotten(rest: Rest, now: number): boolean {
	return now >= endOf(rest);
}

function endOf(rest: Rest): number {
	if (rest.until === null) return Infinity;
	return rest.byHand === true ? rest.until : Math.max(rest.until, rest.since) + rememberMs;
}
