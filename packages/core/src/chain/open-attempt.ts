import type { Chunk, Usage, UsageChunk } from "../chunk.ts";
import type { AttemptDecision, AttemptRecord } from "../completion.ts";
import { updateUsage } from "../consume/usage.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import { hasErrorBrand, type SpaceportError } from "../errors/spaceport-error.ts";
import { toSpaceportError } from "../errors/to-spaceport-error.ts";
import { UnsupportedError } from "../errors/unsupported-error.ts";
import { loadPart } from "../load-part.ts";
import type { ProviderRequest } from "../message.ts";
import { parts } from "../parts/parts.ts";
import type { AttemptContext } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import { attemptOptions } from "./attempt-options.ts";
import type { Batches } from "./batches.ts";
import type { ChainOptions } from "./chain-options.ts";
import type { Ticket } from "./health/health.ts";
import { isChainProvider } from "./is-chain-provider.ts";
import { isOwnLimit } from "./limits/is-own-limit.ts";
import { mayLack } from "./may-lack.ts";
import { runAttempt } from "./run-attempt.ts";
import { askChain, type ChainRun } from "./run-chain.ts";

/** Whom an attempt asks for what. */
export interface AttemptOrder {
	readonly candidate: Candidate;
	/** The leave to ask it, and where it is told what came of it. A chain needs none: its members have theirs. */
	readonly ticket: Ticket | undefined;
	readonly request: ProviderRequest;
	readonly signal: AbortSignal;
	/** Whether somebody else stands ready, so that this one is waited for less long. */
	readonly hasOthers: boolean;
	/** It is asked whatever it said of its limits: nobody else is left. */
	readonly force: boolean;
	/** How many attempts the request may have made when it is done: a chain that is asked makes no more. */
	readonly mostAttempts: number;
}

/** An attempt under way, and how it is told about. */
export interface OpenAttempt {
	readonly candidate: Candidate;
	readonly stream: Batches<Chunk>;
	/** It waits in the provider's queue. */
	queued(position: number): void;
	/** The first content has come. */
	began(): void;
	/** Notes what it used. */
	used(usage: UsageChunk): void;
	/** A failure as this attempt's own: typed, with its provider and number. */
	own(thrown: unknown): SpaceportError;
	/** Notes, once, whether the provider did well: `undefined` is a success. A failure that says nothing of the provider counts for nothing. */
	judge(error: SpaceportError | undefined): void;
	/** Whether another credential of the same provider may be used at once. */
	anotherKey(): boolean;
	/** Reports the end, once, and gives the records to keep. */
	end(decision: AttemptDecision, error?: SpaceportError): readonly AttemptRecord[];
}

/**
 * Begins an attempt.
 *
 * @param run - the run that it is a part of
 * @param options - the run's options
 * @param order - whom it asks for what
 */
export function openAttempt(run: ChainRun, options: ChainOptions, order: AttemptOrder): OpenAttempt {
	const { host } = run;
	const { candidate, ticket, request, signal, hasOthers, force, mostAttempts } = order;
	// A chain inside a chain reports its own attempts.
	const nested = isChainProvider(candidate.provider);
	const number = nested ? 0 : host.nextAttemptNumber();
	const key = ticket?.key;
	const identity = { requestId: host.requestId, provider: candidate.name, model: candidate.model, number };
	const startedAt = Date.now();
	const clock = performance.now();
	// A chain that goes on with an answer knows its own part of it alone. Where that breaks, it is for the run that has all of it to find who goes on.
	const goesOn = request.messages !== run.request.messages;
	const { provider } = candidate;
	const { deadlines, limits } = attemptOptions(provider, run.given, hasOthers, run.context.deadlines?.lastFirstChunkMs);
	const logger = run.context.logger ?? host.logger;
	const warn = (text: string): void => host.report({ type: "warning", ...identity, text });
	const context: AttemptContext = {
		id: host.createId(),
		number,
		signal,
		deadlines,
		logger: logger.child?.({ provider: candidate.name, attempt: number }) ?? logger,
		warn,
		...(key !== undefined && { key }),
		alive: () => {},
		reportLimits: () => {},
		unsupported(parameter, message) {
			const text =
				message === undefined ? `${parameter} has no effect: "${candidate.name}" does not take it.` : `"${candidate.name}": ${message}`;
			if (options.unsupportedParameters === "drop") warn(text);
			else throw new UnsupportedError(text, { capability: parameter, provider: candidate.name });
		},
		host: nested
			? {
					...host,
					mostAttempts,
					hasOthers: hasOthers || host.hasOthers,
					overrides: goesOn ? { ...host.overrides, onInterruption: "fail" } : host.overrides,
				}
			: host,
	};
	const fit = async (): Promise<ProviderRequest> => {
		const { fitRequest } = await loadPart("settings that a provider lacks", parts.fitRequest, signal);
		const fitted = fitRequest(request, candidate, options.unsupportedParameters);
		for (const text of fitted.warnings) warn(text);
		return fitted.request;
	};
	// A chain holds the limits and deadlines of its members itself, and its abort is waited for, so that its attempts are told about.
	const stream = isChainProvider(candidate.provider)
		? askChain(candidate.provider, request, context)
		: runAttempt({
				candidate,
				request: host.kind === undefined && mayLack(request, candidate) ? fit : request,
				context,
				limiter: run.limiters.of(provider, limits, key),
				priority: host.priority,
				// Nobody waits long for our own limits while somebody else stands ready.
				maxWaitMs: hasOthers ? options.retry.patienceMs : Infinity,
				// A last resort is asked whatever it said; somebody asked alone is waited for as long as one would after its refusal.
				...(force && { heedMs: candidate.lastResort === true ? 0 : options.retry.maxRetryAfterMs }),
				onLimiterWait: (position) => host.report({ type: "queued", ...identity, where: "limiter", position }),
			});
	let ended = false;
	let judged = false;
	/** Its key was held back by a limit of ours: another one may have room. */
	let heldBack = false;
	let nestedAttempts: readonly AttemptRecord[] = [];
	let usage: Usage | undefined;
	let place: number | undefined;
	if (!nested) host.report({ type: "attempt-start", ...identity });

	return {
		candidate,
		stream,
		queued(position) {
			if (!nested && position !== place) host.report({ type: "queued", ...identity, where: "provider", position });
			place = position;
		},
		began() {
			ticket?.answering();
			if (!nested) host.report({ type: "first-chunk", ...identity, afterMs: performance.now() - clock });
		},
		used(chunk) {
			usage = updateUsage(usage, chunk);
		},
		own(thrown) {
			const error = hasErrorBrand(thrown) ? thrown : toSpaceportError(thrown, candidate.name);
			if (nested && isSpaceportError(error, "chain-exhausted")) nestedAttempts = error.attempts;
			if (!nested && Object.isExtensible(error)) {
				error.provider ??= candidate.name;
				error.attempt = number;
			}
			return error;
		},
		judge(error) {
			if (judged) return;
			judged = true;
			heldBack = key !== undefined && error !== undefined && isOwnLimit(error);
			if (error === undefined) ticket?.succeeded();
			else if (error.code === "aborted" || isOwnLimit(error) || (isSpaceportError(error, "timeout") && error.phase === "total"))
				ticket?.released();
			else ticket?.failed(error);
		},
		anotherKey: () => heldBack || ticket?.anotherKey() === true,
		end(decision, error) {
			if (ended) return [];
			ended = true;
			this.judge(error);
			if (nested) return nestedAttempts;
			const record = {
				provider: candidate.name,
				model: candidate.model,
				number,
				...(error && { error }),
				decision,
				startedAt,
				durationMs: performance.now() - clock,
				...(key !== undefined && { key }),
				...(usage && { usage }),
			};
			host.report({ type: "attempt-end", requestId: host.requestId, ...record });
			return [record];
		},
	};
}
