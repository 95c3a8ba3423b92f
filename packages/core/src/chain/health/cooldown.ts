import { isSpaceportError } from "../../errors/is-spaceport-error.ts";
import type { SpaceStage } from "../../errors/space-unavailable-error.ts";
import { hasErrorBrand, type SpaceportError, type SpaceportErrorCode } from "../../errors/spaceport-error.ts";
import { isOwnLimit } from "../limits/is-own-limit.ts";

/** Somebody should be left alone. */
export interface RestFor {
	readonly says: "rest";
	/** For how long, in milliseconds; 0 where it is only counted, `Infinity` where it has to be reset. */
	readonly forMs: number;
	/** Whether the provider said so. */
	readonly stated: boolean;
	/** Who rests: the model; the key for this model, where there are keys; the key (else the provider) for all models. */
	readonly who: "model" | "key" | "credential";
}

/** What a failure says of the provider: it is well all the same, nothing, or it should be left alone. */
export type Cooldown = { readonly says: "well" | "nothing" } | RestFor;

interface Row {
	/** The first rest, in milliseconds. It doubles with each failure in a row. */
	readonly firstMs: number;
	/** The longest, in milliseconds. */
	readonly mostMs: number;
	readonly who: "model" | "key" | "credential";
	/** How many failures in a row are let pass. */
	readonly tolerated?: number;
}

/** At most 20 s: who is back is asked again within half a minute. */
const serverFailure: Row = { firstMs: 3000, mostMs: 20_000, who: "model" };
/** A person has to do something. */
const standing: Row = { firstMs: 60_000, mostMs: 60_000, who: "model" };

/** The stages from which a Space comes back only when somebody acts. */
const standingStages: ReadonlySet<SpaceStage> = new Set(["paused", "gone", "error"]);

/** The longest wait that is believed: a week. */
const longestStatedMs = 604_800_000;

/** From class to rest: the only place that decides. */
const table: { readonly [Code in SpaceportErrorCode]: Row | "well" | "nothing" | ((error: SpaceportError) => Row | "nothing") } = {
	"invalid-request": "well",
	"no-such-provider": "nothing",
	"no-such-model": standing,
	unsupported: "nothing",
	authentication: { firstMs: Infinity, mostMs: Infinity, who: "credential" },
	"rate-limited": { firstMs: 10_000, mostMs: 60_000, who: "key" },
	"quota-exceeded": { firstMs: 60_000, mostMs: 600_000, who: "key" },
	"limiter-full": "nothing",
	"queue-full": serverFailure,
	"space-unavailable": (error) =>
		isSpaceportError(error, "space-unavailable") && standingStages.has(error.stage) ? standing : serverFailure,
	"space-contract": standing,
	"local-unavailable": standing,
	network: serverFailure,
	timeout: (error) => (isSpaceportError(error, "timeout") && error.phase === "total" ? "nothing" : serverFailure),
	protocol: serverFailure,
	// One alone is as likely the request's fault.
	generation: { ...serverFailure, tolerated: 1 },
	"context-length": "well",
	"content-filtered": "well",
	"stream-interrupted": serverFailure,
	"provider-failed": serverFailure,
	aborted: "nothing",
	"chain-exhausted": "nothing",
};

/**
 * What a failure says of the provider, and how long it should be left alone.
 *
 * @param error - the failure
 * @param failures - how often it has failed in a row, this failure included
 */
export function cooldown(error: SpaceportError, failures: number): Cooldown {
	if (isOwnLimit(error)) return { says: "nothing" };
	// A newer copy of this package may have codes that are not known here.
	const entry = Object.hasOwn(table, error.code) ? table[error.code] : serverFailure;
	const row = typeof entry === "function" ? entry(error) : entry;
	if (typeof row === "string") return { says: row };
	const { firstMs, mostMs, who, tolerated = 0 } = row;
	const asked = (error as { readonly retryAfterMs?: unknown }).retryAfterMs;
	if (typeof asked === "number" && asked >= 0 && firstMs < Infinity) {
		return { says: "rest", forMs: Math.min(asked, longestStatedMs), stated: true, who };
	}
	const counted = failures - tolerated;
	// From 2 ** 31 on the product would grow beyond all numbers for nothing.
	const forMs = counted < 1 ? 0 : Math.min(mostMs, firstMs * 2 ** Math.min(counted - 1, 31));
	return { says: "rest", forMs, stated: false, who };
}

/** The failure behind a failure: an answer that broke off says why in its cause. */
export function rootFailure(error: SpaceportError): SpaceportError {
	return isSpaceportError(error, "stream-interrupted") && hasErrorBrand(error.cause) ? error.cause : error;
}
