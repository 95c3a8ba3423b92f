import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { isErrorCode } from "../errors/is-error-code.ts";
import type { SpaceportErrorCode } from "../errors/spaceport-error.ts";
import { showValue } from "../show-value.ts";
import { defaultTimeouts, type Timeouts } from "./deadlines.ts";
import type { DispositionOverrides } from "./disposition.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** How failures are tried again. */
export interface RetryOptions {
	/** How often one provider is asked again after a failure. @default 2 */
	readonly retries: number;
	/** The first wait, in milliseconds; it doubles with each failure of the same provider and is stretched at random by up to twice. @default 500 */
	readonly minDelayMs: number;
	/** The longest of these waits, in milliseconds. @default 8000 */
	readonly maxDelayMs: number;
	/** How long the same provider is waited for while another has not been asked yet, in milliseconds. @default 3000 */
	readonly patienceMs: number;
	/** The longest `Retry-After` that is waited for, in milliseconds: a provider that asks for more is not asked again. @default 60000 */
	readonly maxRetryAfterMs: number;
	/** The most attempts of one request, all providers and what goes on after a break included. @default 20 */
	readonly maxAttempts: number;
}

/** How much one provider is asked at once. */
export interface LimitOptions {
	/** How many attempts run at once. @default Infinity */
	readonly concurrency: number;
	/** How many attempts begin within `intervalMs`. @default Infinity */
	readonly intervalCap: number;
	/** Length of that interval, in milliseconds. @default 1000 */
	readonly intervalMs: number;
	/** How many attempts may wait for their turn; one more fails with `limiter-full`. @default 1000 */
	readonly queueSize: number;
	/** How many attempts begin within a minute. @default Infinity */
	readonly requestsPerMinute: number;
	/** How many attempts begin within a day. @default Infinity */
	readonly requestsPerDay: number;
	/** How many tokens are used within a minute, prompt and answer together. @default Infinity */
	readonly tokensPerMinute: number;
	/** How many tokens are used within a day. @default Infinity */
	readonly tokensPerDay: number;
}

/**
 * What happens when a stream breaks after content was sent: `continue` has the next provider go on with the answer, `restart` has it answer anew, `fail` ends it in
 * `stream-interrupted`.
 */
export type InterruptionPolicy = "fail" | "continue" | "restart";

/**
 * What happens when a provider that is to go on with an answer says something else: `fail` asks the next one, and ends in `stream-interrupted` where nobody is left;
 * `seam` hands it out after a `seam` chunk.
 */
export type MismatchPolicy = "fail" | "seam";

/** What happens with a setting of a request that a provider cannot honour: it is left out with a warning, or the provider is. */
export type UnsupportedParameters = "drop" | "refuse";

/** The options of a chain, each with its default. */
export interface ChainOptions {
	readonly retry: RetryOptions;
	readonly timeouts: Timeouts;
	readonly limits: LimitOptions;
	readonly onInterruption: InterruptionPolicy;
	readonly onMismatch: MismatchPolicy;
	readonly unsupportedParameters: UnsupportedParameters;
	readonly dispositions: DispositionOverrides;
}

/** The options of a chain as a caller sets them: what is left out has its default. */
export interface ChainOptionsInput {
	/** How failures are tried again. */
	readonly retry?: Partial<RetryOptions> | undefined;
	/** How long each phase may take. */
	readonly timeouts?: Partial<Timeouts> | undefined;
	/** How much one provider is asked at once. */
	readonly limits?: Partial<LimitOptions> | undefined;
	/** What happens when a stream breaks after content was sent. @default "continue" */
	readonly onInterruption?: InterruptionPolicy | undefined;
	/** What happens when a provider that is to go on with an answer says something else. @default "fail" */
	readonly onMismatch?: MismatchPolicy | undefined;
	/** What happens with a setting that a provider cannot honour. @default "drop" */
	readonly unsupportedParameters?: UnsupportedParameters | undefined;
	/** Changes to the table of decisions, by error code, such as `{ "content-filtered": { next: true } }`. */
	readonly dispositions?: DispositionOverrides | undefined;
}

const defaultRetry: RetryOptions = {
	retries: 2,
	minDelayMs: 500,
	maxDelayMs: 8000,
	patienceMs: 3000,
	maxRetryAfterMs: 60_000,
	maxAttempts: 20,
};
const defaultLimits: LimitOptions = {
	concurrency: Infinity,
	intervalCap: Infinity,
	intervalMs: 1000,
	queueSize: 1000,
	requestsPerMinute: Infinity,
	requestsPerDay: Infinity,
	tokensPerMinute: Infinity,
	tokensPerDay: Infinity,
};

/** The options that are words, the default first. */
const words = {
	onInterruption: ["continue", "restart", "fail"],
	onMismatch: ["fail", "seam"],
	unsupportedParameters: ["drop", "refuse"],
} as const;

const atLeastOne = /^(?:concurrency|interval|requests|tokens|maxAttempts)/;
const wholeNumbers = /^(?:retries|concurrency|intervalCap|queueSize|requests|tokens|maxAttempts)/;

/**
 * Checks options and says what is wrong with them, at construction.
 *
 * @param options - what the caller set
 * @throws InvalidRequestError that names the option and its value
 */
export function checkChainOptions(options: ChainOptionsInput): void {
	checkGroup("retry", options.retry, defaultRetry);
	checkGroup("timeouts", options.timeouts, defaultTimeouts);
	checkGroup("limits", options.limits, defaultLimits);
	checkDispositions(options.dispositions);
	for (const [name, allowed] of Object.entries(words) as [keyof typeof words, readonly unknown[]][]) {
		const value = options[name];
		if (value === undefined || allowed.includes(value)) continue;
		throw new InvalidRequestError(`${name} is ${showValue(value)}, and must be ${allowed.map((word) => showValue(word)).join(" or ")}.`, {
			path: name,
		});
	}
}

/**
 * Completes options: the chain's own, else the Spaceport's, else the library's.
 *
 * @param layers - from the weakest to the strongest
 */
export function completeChainOptions(...layers: readonly ChainOptionsInput[]): ChainOptions {
	const complete: { -readonly [Key in keyof ChainOptions]: ChainOptions[Key] } = {
		retry: defaultRetry,
		timeouts: defaultTimeouts,
		limits: defaultLimits,
		onInterruption: words.onInterruption[0],
		onMismatch: words.onMismatch[0],
		unsupportedParameters: words.unsupportedParameters[0],
		dispositions: {},
	};
	// Once a call, twice with its attempt: of a layer that says nothing, nothing is copied.
	for (const layer of layers) {
		for (const group of ["retry", "timeouts", "limits"] as const) {
			if (layer[group] !== undefined)
				Object.assign(complete, { [group]: { ...complete[group], ...withoutUndefined<object>(layer[group]) } });
		}
		complete.onInterruption = layer.onInterruption ?? complete.onInterruption;
		complete.onMismatch = layer.onMismatch ?? complete.onMismatch;
		complete.unsupportedParameters = layer.unsupportedParameters ?? complete.unsupportedParameters;
		if (layer.dispositions !== undefined) complete.dispositions = mergeRows(complete.dispositions, layer.dispositions);
	}
	return complete;
}

/** Rows of the same code are merged: one layer may say `same`, another `next`. */
function mergeRows(weaker: DispositionOverrides, stronger: DispositionOverrides): DispositionOverrides {
	const rows = Object.entries(stronger).map(([code, row]) => [code, { ...weaker[code as SpaceportErrorCode], ...withoutUndefined(row) }]);
	return { ...weaker, ...Object.fromEntries(rows) };
}

function checkDispositions(given: DispositionOverrides | undefined): void {
	for (const [code, row] of Object.entries(given ?? {})) {
		const path = `dispositions.${code}`;
		if (!isErrorCode(code)) throw new InvalidRequestError(`${path} is no code of an error.`, { path });
		for (const [name, value] of Object.entries(withoutUndefined(row))) {
			const allowed: readonly unknown[] = name === "same" ? ["no", "once", "yes"] : name === "next" ? [true, false] : [];
			if (allowed.includes(value)) continue;
			throw new InvalidRequestError(`${path}.${name} is ${showValue(value)}.`, {
				path: `${path}.${name}`,
				hint: 'A row is { same: "no" | "once" | "yes", next: boolean }.',
			});
		}
	}
}

function checkGroup(group: string, given: object | undefined, known: object): void {
	if (given === undefined) return;
	if (typeof given !== "object" || given === null) {
		throw new InvalidRequestError(`${group} is ${String(given)}, and must be an object.`, { path: group });
	}
	for (const [name, value] of Object.entries(given)) {
		const path = `${group}.${name}`;
		if (!(name in known)) {
			throw new InvalidRequestError(`${path} is not an option.`, {
				path,
				hint: `The options of ${group} are ${Object.keys(known).join(", ")}.`,
			});
		}
		if (value === undefined) continue;
		const least = atLeastOne.test(name) ? 1 : 0;
		const whole = wholeNumbers.test(name);
		const fits = typeof value === "number" && value >= least && (!whole || value === Infinity || Number.isInteger(value));
		if (!fits) {
			const kind = whole ? "a whole number" : "a number";
			throw new InvalidRequestError(`${path} is ${String(value)}, and must be ${kind} of at least ${least}, or Infinity.`, { path });
		}
	}
}
