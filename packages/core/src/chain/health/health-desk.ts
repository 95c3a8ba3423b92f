import { InvalidRequestError } from "../../errors/invalid-request-error.ts";
import { NoSuchProviderError } from "../../errors/no-such-provider-error.ts";
import type { SpaceportErrorCode } from "../../errors/spaceport-error.ts";
import { UnsupportedError } from "../../errors/unsupported-error.ts";
import type { AsyncGeneratorProvider } from "../../provider.ts";
import { didYouMean } from "../../registry/did-you-mean.ts";
import type { Registry } from "../../registry/registry.ts";
import { showValue } from "../../show-value.ts";
import { type ChainOptionsInput, completeChainOptions } from "../chain-options.ts";
import { isChainProvider } from "../is-chain-provider.ts";
import { foundIll, foundWell, leading } from "./circuit.ts";
import type { HealthShell } from "./health.ts";
import type { Told } from "./health-book.ts";
import { type Rest, restsOf, toState } from "./health-state.ts";
import type { PatientStore } from "./patient-store.ts";
import { probeProvider } from "./probe.ts";

/** How a provider, one of its models or one of its keys is. */
export interface ProviderHealth {
	/** The name that it is registered under. */
	readonly provider: string;
	/** The provider's model id; empty where it declares no models. */
	readonly model: string;
	/** The name of the key, where the provider has keys. */
	readonly key?: string;
	/**
	 * It is asked (`well`); it is left alone until `until` (`cooling`); that time is over and one request finds out whether it is well (`probing`); its credential was
	 * refused, and it has to be reset (`refused`).
	 */
	readonly state: "well" | "cooling" | "probing" | "refused";
	/** How often it has failed in a row. */
	readonly failures: number;
	/** Until when it rests, in milliseconds since 1970; `Infinity` where it has to be reset. */
	readonly until?: number;
	/** Whether the provider said how long. */
	readonly stated?: boolean;
	/** The code of the last failure. */
	readonly code?: SpaceportErrorCode;
	/** The words of the last failure. */
	readonly message?: string;
	/** It was taken out by hand. */
	readonly byHand?: true;
}

/** How a provider is taken out by hand. */
export interface RestOptions {
	/** For how long, in milliseconds; `Infinity` until it is reset. */
	readonly forMs: number;
	/** Why, for messages and for `health()`. */
	readonly reason?: string;
}

/** How providers are looked at. */
export interface ProbeOptions {
	/** Ends it when it aborts. */
	readonly signal?: AbortSignal | undefined;
}

/** What a Spaceport offers to those who look after it. */
export interface HealthDesk {
	/** How everybody is: a row for each registered provider, each of its models and each of its keys, and for whoever else rests. */
	health(): Promise<readonly ProviderHealth[]>;
	/**
	 * Forgets failures, so that it is asked again at once.
	 *
	 * @param name - a provider, one of its models (`provider:model`), or everybody where it is left out
	 * @throws NoSuchProviderError where there is nobody of that name
	 */
	reset(name?: string): Promise<void>;
	/**
	 * Takes a provider out for a while. A last resort is asked nevertheless when nobody else is left, and so is whoever is asked alone.
	 *
	 * @param name - a provider, or one of its models (`provider:model`)
	 * @param options - for how long, and why
	 * @throws NoSuchProviderError where there is nobody of that name; InvalidRequestError where the time is none
	 */
	rest(name: string, options: RestOptions): Promise<void>;
	/**
	 * Looks at the providers that can be looked at (`probe`), without spending tokens, and notes what it finds: who is well is asked again at once, who is not rests.
	 *
	 * @param name - a provider; all that have a `probe` where it is left out
	 * @param options - the signal
	 * @returns the rows of those that were looked at
	 * @throws NoSuchProviderError where there is nobody of that name; UnsupportedError where it has no `probe`; AbortedError when the signal aborts
	 */
	probe(name?: string, options?: ProbeOptions): Promise<readonly ProviderHealth[]>;
}

/** Where a desk stands. */
export interface HealthPlace {
	readonly registry: Registry;
	/** The Spaceport's own options of chains. */
	readonly defaults: ChainOptionsInput;
}

/** What a desk works with. */
export interface HealthDeskTools extends Omit<HealthShell, "store">, HealthPlace {
	readonly store: PatientStore;
	/** Tells who rests from now on, or for longer, and who is well again. */
	readonly tell: (before: readonly Rest[], after: readonly Rest[], told: Told) => void;
}

/** How many are looked at at once. */
const atOnce = 8;

/** Whom a name means. */
interface Named {
	readonly name: string;
	readonly model?: string | undefined;
}

/** Makes the desk of a Spaceport. */
export function createHealthDesk(tools: HealthDeskTools): HealthDesk {
	const { registry, defaults, store, tell, now, stamp, resets, logger } = tools;

	async function find(reference: unknown): Promise<Named> {
		const known = [...registry.list(), ...(await store.entries()).map(([id]) => id)];
		if (typeof reference === "string") {
			if (known.includes(reference)) return { name: reference };
			for (let colon = reference.indexOf(":"); colon > 0; colon = reference.indexOf(":", colon + 1)) {
				const name = reference.slice(0, colon);
				const model = reference.slice(colon + 1);
				if (known.includes(name)) return { name, model: aliased(name, model) };
			}
		}
		throw new NoSuchProviderError(`There is no provider ${showValue(reference)}.${didYouMean(String(reference), known)}`, {
			reference: String(reference),
			known,
			hint: `Known are ${known.join(", ")}. A model of one is "provider:model".`,
		});
	}

	function aliased(name: string, model: string): string {
		if (!registry.has(name)) return model;
		return registry.get(name).models.find(({ id, aliases }) => id === model || aliases?.includes(model))?.id ?? model;
	}

	function concerns(rest: Rest, model: string | undefined): boolean {
		return model === undefined || rest.model === undefined || rest.model === model;
	}

	/** Changes the rests of a provider, and tells who rests and who is well. */
	async function change(name: string, step: (rests: readonly Rest[]) => readonly Rest[]): Promise<void> {
		let before: readonly Rest[] = [];
		let after: readonly Rest[] = [];
		await store.write(name, (state) => {
			before = restsOf(state);
			after = step(before);
			return toState(after, now());
		});
		tell(before, after, { name });
	}

	async function rows(wanted?: readonly string[]): Promise<readonly ProviderHealth[]> {
		const states = new Map(await store.entries());
		const names = wanted ?? [...new Set([...registry.list(), ...states.keys()])];
		return names.flatMap((name) => {
			const provider = registry.has(name) ? registry.get(name) : undefined;
			if (provider !== undefined && isChainProvider(provider)) return [];
			const rests = restsOf(states.get(name));
			const declared = provider?.models.map(({ id }) => id) ?? [];
			const seen = rests.flatMap(({ model }) => (model === undefined ? [] : [model]));
			const models = new Set([...declared, ...seen]);
			if (models.size === 0) models.add("");
			const keys = provider === undefined ? keysOf({ keys: rests.flatMap(({ key }) => key ?? []) }) : keysOf(provider);
			return [...models].flatMap((model) => [...new Set(keys)].map((key) => row(name, model, key, rests)));
		});
	}

	function row(provider: string, model: string, key: string | undefined, rests: readonly Rest[]): ProviderHealth {
		const identity = { provider, model, ...(key !== undefined && { key }) };
		const found = leading(rests, { model, key }, now());
		if (found === undefined) return { ...identity, state: "well", failures: 0 };
		const { state, rest } = found;
		const { failures, code, message, stated, byHand } = rest;
		const until = state === "well" ? {} : { until: rest.until ?? Infinity, stated };
		return { ...identity, state, failures, ...until, code, message, ...(byHand && { byHand }) };
	}

	/** Looks at a provider, and notes what was found: for all of its models, since a probe does not know of models. */
	async function lookAt(name: string, key: string | undefined, signal: AbortSignal | undefined): Promise<void> {
		const provider = registry.get(name);
		const startedAt = stamp();
		const deadlines = completeChainOptions({ timeouts: provider.timeouts }, defaults).timeouts;
		const context = { id: `probe-${name}`, logger, ...(key !== undefined && { key }) };
		const error = await probeProvider({ name, provider, deadlines, context, signal });
		// Whoever was reset, or registered anew, meanwhile is not known by this look.
		if (startedAt < (resets.get(name) ?? 0)) return;
		await change(name, (rests) =>
			error === undefined ? foundWell(rests, key, startedAt) : foundIll(rests, error, { key, startedAt, now: now(), stamp: stamp() }),
		);
	}

	return {
		health: () => rows(),
		async reset(reference) {
			const found = reference === undefined ? undefined : await find(reference);
			const ids = (await store.entries()).map(([id]) => id);
			const names = found === undefined ? [...new Set([...registry.list(), ...ids])] : [found.name];
			for (const name of names) resets.set(name, stamp());
			await Promise.all(
				names
					.filter((name) => ids.includes(name))
					.map((name) => change(name, (rests) => rests.filter((rest) => !concerns(rest, found?.model)))),
			);
		},
		async rest(reference, options) {
			const { forMs, reason } = options ?? {};
			if (typeof forMs !== "number" || !(forMs > 0)) {
				throw new InvalidRequestError(`forMs is ${showValue(forMs)}, and must be a number above 0, or Infinity.`, { path: "forMs" });
			}
			const { name, model } = await find(reference);
			const since = stamp();
			const until = forMs === Infinity ? null : since + forMs;
			const message = reason ?? "no reason was given.";
			const rest: Rest = {
				...(model !== undefined && { model }),
				code: "provider-failed",
				message,
				failures: 0,
				since,
				until,
				stated: false,
				byHand: true,
			};
			await change(name, (rests) => [...rests.filter((one) => one.byHand !== true || one.model !== model), rest]);
		},
		async probe(reference, options) {
			const found = reference === undefined ? undefined : await find(reference);
			const names = registry.list().filter((name) => {
				const provider = registry.get(name);
				return (found === undefined || found.name === name) && !isChainProvider(provider) && provider.probe !== undefined;
			});
			if (found !== undefined && names.length === 0) {
				throw new UnsupportedError(`"${found.name}" has no probe: whether it is well shows when it is asked.`, {
					capability: "probe",
					provider: found.name,
				});
			}
			const signal = options?.signal;
			const looks = names.flatMap((name) => keysOf(registry.get(name)).map((key) => () => lookAt(name, key, signal)));
			const waiting = looks.values();
			const worker = async (): Promise<void> => {
				for (const look of waiting) await look();
			};
			await Promise.all(Array.from({ length: Math.min(atOnce, looks.length) }, worker));
			return rows(names);
		},
	};
}

function keysOf({ keys = [] }: Pick<AsyncGeneratorProvider, "keys">): readonly (string | undefined)[] {
	return keys.length === 0 ? [undefined] : keys;
}
