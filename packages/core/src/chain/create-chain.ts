import type { Chunk } from "../chunk.ts";
import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { loadPart } from "../load-part.ts";
import type { ProviderRequest } from "../message.ts";
import { messageList } from "../message-text.ts";
import { parts } from "../parts/parts.ts";
import type { AsyncGeneratorProvider, AttemptContextInput, ModelInfo } from "../provider.ts";
import { checkName } from "../registry/check-name.ts";
import { checkProvider } from "../registry/check-provider.ts";
import { toCandidate } from "../route/pick-model.ts";
import { showValue } from "../show-value.ts";
import { type Batches, later, ungroup } from "./batches.ts";
import type { ChainHost } from "./chain-host.ts";
import { type ChainOptionsInput, checkChainOptions } from "./chain-options.ts";
import { type ChainPlan, type PreferModel, withPlan } from "./chain-plan.ts";
import { createLimiters } from "./limits/limiter.ts";
import { runChain } from "./run-chain.ts";
import type { MakeHost } from "./standalone-host.ts";

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
 * next member, unseen by the caller; one after it by `onInterruption`: the next member goes on with the answer.
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
	let makeHost: MakeHost | undefined;

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

	/** Whether it is asked for a model: of those who ask it directly, some leave it out. */
	const wantsModel = (reference: string | undefined): boolean => Boolean(reference) && reference !== name;

	function plan(outer: ChainHost, reference: string, prefer: PreferModel | undefined): ChainPlan {
		if (outer.chains.includes(chain)) {
			const path = [...outer.chains.map((other) => other.name), name].join(" → ");
			throw new InvalidRequestError(`The chain "${name}" is a member of itself: ${path}.`, { path: "providers" });
		}
		const { random = outer.random, createId = outer.createId } = options;
		const host: ChainHost = { ...outer, random, createId, chains: [...outer.chains, chain] };
		const members = entries.map((entry) => {
			const { provider, model, lastResort } = typeof entry === "object" && "provider" in entry ? entry : { provider: entry };
			return { model, lastResort, ...(typeof provider === "string" ? host.resolve(provider) : { name: provider.name, provider }) };
		});
		const candidates =
			prefer !== undefined && wantsModel(reference)
				? prefer(name, members, reference)
				: members.map((member) => toCandidate(member.name, member.provider, member.model, member.lastResort));
		return {
			name,
			candidates: candidates as unknown as ChainPlan["candidates"],
			host,
			given: [host.defaults, options, host.overrides],
			limiters: ownLimiters ?? outer.limiters,
		};
	}

	async function answer(request: ProviderRequest, input: AttemptContextInput | undefined): Promise<Batches<Chunk>> {
		const { model, ...rest } = request;
		const outer = input?.host ?? (await standaloneHost(input));
		const part = wantsModel(model) ? await loadPart("chains that are asked for a model", parts.preferModel, input?.signal) : undefined;
		return runChain({
			...plan(outer, model, part?.preferModel),
			request: { ...rest, messages: messageList(request.messages) },
			context: input ?? {},
			exhausted: "wrap",
		});
	}

	async function standaloneHost(input: AttemptContextInput | undefined): Promise<ChainHost> {
		const { createStandalone } = await loadPart("chains outside of a Spaceport", parts.standaloneHost, input?.signal);
		makeHost ??= createStandalone(name);
		return makeHost(input);
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

function modelsOf(entries: readonly ChainEntry[]): readonly ModelInfo[] {
	const models = new Map<string, ModelInfo>();
	for (const entry of entries) {
		const provider = typeof entry === "object" && "provider" in entry ? entry.provider : entry;
		if (typeof provider === "string") continue;
		for (const model of provider.models) if (!models.has(model.id)) models.set(model.id, model);
	}
	return [...models.values()];
}
