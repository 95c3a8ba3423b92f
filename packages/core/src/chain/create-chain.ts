import type { Chunk } from "../chunk.ts";
import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { NoSuchModelError } from "../errors/no-such-model-error.ts";
import { loadPart } from "../load-part.ts";
import { silentLogger } from "../logger.ts";
import type { ProviderRequest } from "../message.ts";
import { messageList } from "../message-text.ts";
import { parts } from "../parts/parts.ts";
import type { AsyncGeneratorProvider, AttemptContextInput, ModelInfo } from "../provider.ts";
import { checkName } from "../registry/check-name.ts";
import { checkProvider } from "../registry/check-provider.ts";
import { didYouMean } from "../registry/did-you-mean.ts";
import type { Candidate } from "../route/candidate.ts";
import { findModel, toCandidate } from "../route/pick-model.ts";
import { showValue } from "../show-value.ts";
import { type Batches, later, ungroup } from "./batches.ts";
import type { ChainHost, NamedProvider } from "./chain-host.ts";
import { type ChainOptionsInput, checkChainOptions } from "./chain-options.ts";
import { type ChainPlan, withPlan } from "./chain-plan.ts";
import { createHealth, type Health } from "./health/health.ts";
import { createLimiters } from "./limits/limiter.ts";
import { runChain } from "./run-chain.ts";

/** A member of a chain: a registered name, a provider, or one of them with how it is asked. */
export type ChainEntry =
	| string
	| AsyncGeneratorProvider
	| {
			readonly provider: string | AsyncGeneratorProvider;
			/** The model that it is asked for. @default its first */
			readonly model?: string;
			/** Asked also while it rests after failures, when nobody else is left. @default false */
			readonly lastResort?: boolean;
	  };

/** What {@link createChain} takes. */
export interface CreateChainOptions extends ChainOptionsInput {
	/** The name that it is registered under. */
	readonly name: string;
	/** Whom to ask, in order of preference. */
	readonly providers: readonly ChainEntry[];
	/** A random number from 0 up to 1, for the jitter of delays. @default the Spaceport's, else Math.random */
	readonly random?: () => number;
	/** Makes the ids of attempts. @default the Spaceport's, else crypto.randomUUID */
	readonly createId?: () => string;
}

/** A provider made of providers. */
export interface ChainProvider extends AsyncGeneratorProvider {
	readonly kind: "chain";
	readonly entries: readonly ChainEntry[];
	/** Asks the members. The context may be partial, or missing. */
	createAsyncGenerator(request: ProviderRequest, context?: AttemptContextInput): AsyncGenerator<Chunk, void, void>;
}

/**
 * Makes a chain: a provider that asks its members in order until one answers. A failure before the first content is met by asking again or by the
 * next member, unseen by the caller; the first content commits.
 *
 * @param options - name, members, and how failures are met
 * @throws InvalidRequestError where an option is wrong
 *
 * @example
 * ```ts
 * import { createChain, createSpaceport } from "@spaceport/core";
 * import { createLocal } from "@spaceport/provider-local";
 * import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";
 *
 * const chain = createChain({ name: "default", providers: [createQwen2_72b(), createLocal()], retry: { retries: 1 } });
 * const spaceport = createSpaceport({ chains: [chain] });
 * console.log((await spaceport.complete({ messages: "What is the capital of France?" })).text);
 * ```
 */
export function createChain(options: CreateChainOptions): ChainProvider {
	const { name, providers } = options;
	checkName(name);
	checkChainOptions(options);
	if (!Array.isArray(providers) || providers.length === 0) {
		throw new InvalidRequestError(`The chain "${name}" has no providers.`, {
			path: "providers",
			hint: "Give a list with at least one provider or registered name.",
		});
	}
	const entries: readonly ChainEntry[] = [...providers];
	for (const [index, entry] of entries.entries()) checkEntry(name, entry, `providers[${index}]`);
	const ownLimiters = options.limits === undefined ? undefined : createLimiters();
	const standaloneLimiters = createLimiters();
	let health: Health | undefined;
	const standaloneHealth = (): Health => {
		health ??= createHealth({ report: () => {}, logger: silentLogger });
		return health;
	};

	const chain: ChainProvider = {
		name,
		kind: "chain",
		entries,
		get models(): readonly ModelInfo[] {
			return modelsOf(entries);
		},
		createAsyncGenerator: (request: ProviderRequest, input?: AttemptContextInput): AsyncGenerator<Chunk, void, void> =>
			ungroup(
				later(() => answer(request, input)),
				() => input?.signal?.aborted === true,
			),
	};

	function plan(outer: ChainHost, reference: string): ChainPlan {
		if (outer.chains.includes(chain)) {
			const path = [...outer.chains.map((other) => other.name), name].join(" → ");
			throw new InvalidRequestError(`The chain "${name}" is a member of itself: ${path}.`, { path: "providers" });
		}
		const { random = outer.random, createId = outer.createId } = options;
		const host: ChainHost = { ...outer, random, createId, chains: [...outer.chains, chain] };
		const wanted = reference === name || reference === "" ? undefined : reference;
		return { name, candidates: toCandidates(name, entries, host, wanted), host, given: [host.defaults, options, host.overrides] };
	}

	async function answer(request: ProviderRequest, input: AttemptContextInput | undefined): Promise<Batches<Chunk>> {
		const outer =
			input?.host ??
			(await loadPart("chains outside of a Spaceport", parts.standaloneHost, input?.signal)).createStandaloneHost(
				name,
				input,
				standaloneHealth(),
			);
		const { model, ...rest } = request;
		return runChain({
			...plan(outer, model),
			request: { ...rest, messages: messageList(request.messages) },
			context: input ?? {},
			limiters: ownLimiters ?? (input?.host === undefined ? standaloneLimiters : outer.limiters),
			exhausted: "wrap",
		});
	}
	return withPlan(chain, plan);
}

function checkEntry(chain: string, entry: ChainEntry, path: string): void {
	const { provider, model } =
		typeof entry === "object" && entry !== null && "provider" in entry ? entry : { provider: entry, model: undefined };
	if (model !== undefined && (typeof model !== "string" || model === "")) {
		throw new InvalidRequestError(`${path}.model is ${showValue(model)}, and must be a model's id.`, { path: `${path}.model` });
	}
	if (typeof provider === "string") {
		if (provider === chain) throw new InvalidRequestError(`The chain "${chain}" has itself as a member.`, { path });
		if (provider !== "") return;
	}
	checkProvider(provider, path);
}

function toCandidates(
	chain: string,
	entries: readonly ChainEntry[],
	host: ChainHost,
	wanted: string | undefined,
): readonly [Candidate, ...Candidate[]] {
	const named = entries.map((entry) => {
		const { provider, model, lastResort } = typeof entry === "object" && "provider" in entry ? entry : { provider: entry };
		return { model, lastResort, ...(typeof provider === "string" ? host.resolve(provider) : { name: provider.name, provider }) };
	});
	if (wanted === undefined)
		return named.map(({ name, provider, model, lastResort }) => toCandidate(name, provider, model, lastResort)) as [
			Candidate,
			...Candidate[],
		];

	// Members that have the model that was asked for come first; the others are asked for their own when those fail.
	const has = ({ provider }: NamedProvider): boolean => provider.models.length === 0 || findModel(provider, wanted) !== undefined;
	const having = named.filter(has);
	if (having.length === 0) {
		const known = [...new Set(named.flatMap(({ provider }) => provider.models.map(({ id }) => id)))];
		const message = `No member of the chain "${chain}" has a model "${wanted}".${didYouMean(wanted, known)}`;
		throw new NoSuchModelError(message, { reference: wanted, known, hint: `Its models are ${known.join(", ")}.` });
	}
	const candidates = [
		...having.map(({ name, provider, lastResort }) => toCandidate(name, provider, wanted, lastResort)),
		...named
			.filter((member) => !has(member))
			.map(({ name, provider, model, lastResort }) => toCandidate(name, provider, model, lastResort)),
	];
	return candidates as [Candidate, ...Candidate[]];
}

function modelsOf(entries: readonly ChainEntry[]): readonly ModelInfo[] {
	const models = new Map<string, ModelInfo>();
	for (const entry of entries) {
		const provider = typeof entry === "object" && "provider" in entry ? entry.provider : entry;
		if (typeof provider === "string") continue;
		for (const model of provider.models) if (!models.has(model.id)) models.set(model.id, model);
	}
	return [...models.values()];
}
