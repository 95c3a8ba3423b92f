import { attemptOptions } from "../chain/attempt-options.ts";
import type { ChainHost } from "../chain/chain-host.ts";
import { type ChainOptions, completeChainOptions } from "../chain/chain-options.ts";
import { type ChainPlan, chainPlan } from "../chain/chain-plan.ts";
import { disposition } from "../chain/disposition.ts";
import { fitRequest } from "../chain/fit-request.ts";
import type { Health } from "../chain/health/health.ts";
import { isChainProvider } from "../chain/is-chain-provider.ts";
import { preferModel } from "../chain/prefer-model.ts";
import { restReason } from "../chain/rest-reason.ts";
import { inOneLine } from "../errors/in-one-line.ts";
import { hasErrorBrand } from "../errors/spaceport-error.ts";
import { isMoment } from "../errors/when.ts";
import type { ProviderRequest } from "../message.ts";
import { messageList } from "../message-text.ts";
import type { Registry } from "../registry/registry.ts";
import { resolveRoute } from "../route/resolve-route.ts";
import { validateRequest } from "../validate-request.ts";
import { inOrder, type Placed } from "./candidate-order.ts";
import type { ExplainedCandidate, ExplainedLeftOut, Explanation } from "./explanation.ts";
import { explanationText } from "./explanation-text.ts";
import { heldBack } from "./held-back.ts";
import { inChain, inRoute, type ReasonOf } from "./reasons.ts";

/** What an explanation is made of. */
export interface ExplainOptions {
	readonly registry: Registry;
	/** What the request would run in. */
	readonly host: ChainHost;
	/** Why a candidate rests now. */
	readonly look: Health["look"];
	/** The clock, in milliseconds since 1970. */
	readonly now: number;
}

/** Those who are asked one after the other: of a chain, of a list, or a provider alone. */
interface Level {
	readonly plan: ChainPlan;
	/** The chains that they are in; none for a provider asked alone. */
	readonly path: readonly string[];
	readonly reasonOf: ReasonOf;
	/** How many attempts may have been made when they are done. */
	readonly mostAttempts: number;
	/** Whether somebody who rests may be waited for. */
	readonly mayWait: boolean;
	/** How long the first content of all of them may take, for a chain in a chain. */
	readonly longestMs?: number;
}

/**
 * Says who would be asked, in what order and why, without asking anybody: it goes through the plans by which a run goes, as if each failed so that the next one is asked.
 *
 * @param request - what is asked, as the caller gives it
 * @param options - what it would run in
 * @throws what asking would throw before anybody is asked: NoSuchProviderError, NoSuchModelError, InvalidRequestError
 */
export async function explainRequest(request: unknown, { registry, host, look, now }: ExplainOptions): Promise<Explanation> {
	const { model: reference, messages, ...settings } = validateRequest(request);
	const asked: Omit<ProviderRequest, "model"> = { ...settings, messages: messageList(messages) };
	const candidates: ExplainedCandidate[] = [];
	const leftOut: ExplainedLeftOut[] = [];
	let attempts = 0;
	/** Why nobody is asked any more. */
	let end: string | undefined;

	async function explain(level: Level): Promise<ChainOptions> {
		const { plan, path } = level;
		const options = completeChainOptions(...plan.given);
		const { retry, timeouts } = options;
		const most = Math.min(level.mostAttempts, attempts + retry.maxAttempts);
		const latest = level.mayWait ? now + Math.min(retry.maxRetryAfterMs, timeouts.totalMs) : -Infinity;
		const rests = plan.candidates.map((candidate) => (isChainProvider(candidate.provider) ? undefined : look(candidate)));
		const placed = inOrder(plan.candidates, await Promise.all(rests), path.length === 0, latest);
		for (const [place, one] of placed.entries()) {
			const hasOthers = placed.slice(place + 1).some(({ rest, turn }) => rest === undefined && turn === "asked");
			const words = one.rest && restReason(one.rest, now);
			if (one.turn === "passed-over") leaveOut(one, path, words as string);
			else if (end !== undefined) leaveOut(one, path, end);
			else if (attempts >= most) leaveOut(one, path, `comes after the ${most} attempts that are made at most`);
			else if (!(await explainChain(one, level, most, hasOthers))) explainOne(one, level, options, hasOthers);
		}
		return options;
	}

	/** Goes into a chain in the chain. What ends its run before anybody is asked ends the request. */
	async function explainChain({ candidate, ...placed }: Placed, level: Level, mostAttempts: number, hasOthers: boolean): Promise<boolean> {
		const { provider, name, model } = candidate;
		if (!isChainProvider(provider)) return false;
		try {
			const plan = chainPlan(provider, level.plan.host, model, preferModel);
			if (plan === undefined) return false;
			const longestMs = attemptOptions(provider, level.plan.given, hasOthers, level.longestMs).deadlines.firstChunkMs;
			await explain({
				plan,
				path: [...level.path, name],
				reasonOf: inChain(name, model),
				mostAttempts,
				mayWait: level.mayWait && !hasOthers,
				longestMs,
			});
		} catch (error) {
			if (!hasErrorBrand(error)) throw error;
			leaveOut({ candidate, ...placed }, level.path, inOneLine(error.message));
			end = `comes after "${name}", where the request ends`;
		}
		return true;
	}

	function explainOne(placed: Placed, { plan, path, reasonOf, longestMs }: Level, options: ChainOptions, hasOthers: boolean): void {
		const { candidate, index, rest, turn } = placed;
		const { name, model, provider } = candidate;
		// What it lacks ends an attempt before anything is sent.
		attempts += 1;
		let warnings: readonly string[];
		try {
			warnings = fitRequest(asked, candidate, options.unsupportedParameters).warnings;
		} catch (error) {
			if (!hasErrorBrand(error)) throw error;
			leaveOut(placed, path, inOneLine(error.message.replace(`"${name}" `, "").replace(/\.$/, "")));
			if (!disposition(error, options.dispositions).next) end = `comes after "${name}", where the request ends`;
			return;
		}
		const lastResort = candidate.lastResort === true || path.length === 0;
		const { deadlines } = attemptOptions(provider, plan.given, hasOthers, longestMs);
		const { patienceMs, maxRetryAfterMs } = options.retry;
		const held = heldBack(
			provider,
			plan.limiters,
			{
				request: { ...asked, model },
				priority: host.priority,
				maxWaitMs: Math.min(hasOthers ? patienceMs : Infinity, deadlines.queueMs),
				...(lastResort && { heedMs: candidate.lastResort === true ? 0 : maxRetryAfterMs }),
			},
			now,
		);
		const retryAt = Math.max(rest?.until ?? 0, held?.roomAt ?? 0);
		const role = turn === "waited-for" ? "waited for, since it" : "as a last resort, although it";
		candidates.push({
			provider: name,
			model,
			position: candidates.length + 1,
			reason: reasonOf(candidate, index) + (rest === undefined ? "" : `; ${role} ${restReason(rest, now)}`),
			chain: path,
			...(lastResort && { lastResort }),
			state: rest?.state ?? "well",
			...(held && { limit: held.limit }),
			...(retryAt > 0 && isMoment(retryAt) && { retryAt }),
			warnings,
			timeouts: deadlines,
		});
	}

	function leaveOut({ candidate: { name, model }, rest }: Placed, path: readonly string[], reason: string): void {
		const retryAt = rest !== undefined && isMoment(rest.until) ? rest.until : undefined;
		leftOut.push({ provider: name, model, reason, chain: path, ...(retryAt !== undefined && { retryAt }) });
	}

	const route = resolveRoute(reference, registry);
	const [first] = route.candidates;
	const chain = !route.isList && isChainProvider(first.provider) ? chainPlan(first.provider, host, first.model, preferModel) : undefined;
	const given = [host.defaults, host.overrides];
	const options = await explain({
		plan: chain ?? { name: route.name, candidates: route.candidates, host, given, limiters: host.limiters },
		path: chain !== undefined ? [first.name] : route.isList ? [route.name] : [],
		reasonOf: chain !== undefined ? inChain(first.name, first.model) : inRoute(reference, registry, route.isList),
		mostAttempts: Infinity,
		mayWait: true,
	});
	const explanation = { asked: route.name, candidates, leftOut, options };
	// It is no member that is listed: what is told is plain data.
	return Object.defineProperty(explanation, "toString", { value: () => explanationText(explanation) });
}
