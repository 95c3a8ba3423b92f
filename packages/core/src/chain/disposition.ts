import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import type { SpaceStage } from "../errors/space-unavailable-error.ts";
import type { SpaceportError, SpaceportErrorCode } from "../errors/spaceport-error.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** What may be done after a failure. */
export interface Disposition {
	/** Whether the same provider may be asked again: never, once, or as often as `retries` allows. */
	readonly same: "no" | "once" | "yes";
	/** Whether another provider may be asked. */
	readonly next: boolean;
}

/** Changes to the table, by code. */
export type DispositionOverrides = { readonly [Code in SpaceportErrorCode]?: Partial<Disposition> };

const end: Disposition = { same: "no", next: false };
const another: Disposition = { same: "no", next: true };
const onceThenAnother: Disposition = { same: "once", next: true };
const againThenAnother: Disposition = { same: "yes", next: true };

/** The stages from which a Space comes back by itself. */
const passingStages: ReadonlySet<SpaceStage> = new Set(["sleeping", "building"]);

/** From class to decision: the only place that decides. A `stream-interrupted` here is one before content; after content `onInterruption` decides. */
const table: { readonly [Code in SpaceportErrorCode]: Disposition | ((error: SpaceportError) => Disposition) } = {
	"invalid-request": end,
	"no-such-provider": end,
	// Models come and go: what one endpoint has given up, the next one has, or has another for it.
	"no-such-model": another,
	unsupported: another,
	authentication: another,
	"rate-limited": againThenAnother,
	"quota-exceeded": againThenAnother,
	"limiter-full": another,
	"queue-full": againThenAnother,
	"space-unavailable": (error) =>
		isSpaceportError(error, "space-unavailable") && passingStages.has(error.stage) ? againThenAnother : another,
	"space-contract": another,
	"local-unavailable": another,
	network: againThenAnother,
	timeout: (error) => {
		if (!isSpaceportError(error, "timeout")) return another;
		if (error.phase === "connect") return againThenAnother;
		return error.phase === "total" ? end : another;
	},
	protocol: another,
	generation: onceThenAnother,
	"context-length": another,
	"content-filtered": end,
	"stream-interrupted": onceThenAnother,
	"provider-failed": another,
	aborted: end,
	// A chain inside a chain has done its own retries; whether the outer one goes on depends on what the inner one ended with.
	"chain-exhausted": (error) => ({ same: "no", next: isSpaceportError(error, "chain-exhausted") && disposition(error.lastError).next }),
};

/**
 * What may be done after a failure, by the table of errors.
 *
 * @param error - the failure, before any content was sent
 * @param overrides - a caller's changes to the table
 */
export function disposition(error: SpaceportError, overrides: DispositionOverrides = {}): Disposition {
	// A newer copy of this package may have codes that are not known here.
	const row = Object.hasOwn(table, error.code) ? table[error.code] : another;
	return { ...(typeof row === "function" ? row(error) : row), ...withoutUndefined(overrides[error.code]) };
}
