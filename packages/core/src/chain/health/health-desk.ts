import { InvalidRequestError } from "../../errors/invalid-request-error.ts";
import { UnsupportedError } from "../../errors/unsupported-error.ts";
import type { Registry } from "../../registry/registry.ts";
import { showValue } from "../../show-value.ts";
import { type ChainOptionsInput, completeChainOptions } from "../chain-options.ts";
import { isChainProvider } from "../is-chain-provider.ts";
import type { Limiters } from "../limits/limiter.ts";
import { foundIll, foundWell } from "./circuit.ts";
import type { HealthShell } from "./health.ts";
import type { Told } from "./health-book.ts";
import { healthRows } from "./health-rows.ts";
import { type Rest, restsOf, toState } from "./health-state.ts";
import type { PatientStore } from "./patient-store.ts";
import { probeProvider } from "./probe.ts";
import type { HealthDesk, ProviderHealth } from "./provider-health.ts";
import { findWhom, type Whom } from "./whom.ts";

/** Where a desk stands. */
export interface HealthPlace {
	readonly registry: Registry;
	/** The Spaceport's own options of chains. */
	readonly defaults: ChainOptionsInput;
	readonly limiters: Limiters;
}

/** What a desk works with. */
export interface HealthDeskTools extends Omit<HealthShell, "store">, HealthPlace {
	readonly store: PatientStore;
	/** Tells who rests from now on, or for longer, and who is well again. */
	readonly tell: (before: readonly Rest[], after: readonly Rest[], told: Told) => void;
}

/** How many are looked at at once. */
const atOnce = 8;

/** Makes the desk of a Spaceport. */
export function createHealthDesk(tools: HealthDeskTools): HealthDesk {
	const { registry, defaults, limiters, store, tell, now, stamp, resets, logger } = tools;

	const namesKept = async (): Promise<readonly string[]> => (await store.entries()).map(([id]) => id);
	const rows = async (): Promise<readonly ProviderHealth[]> => healthRows(registry, new Map(await store.entries()), now());
	const find = async (reference: unknown): Promise<readonly Whom[]> => findWhom(reference, registry, await namesKept());

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

	/** Looks at a provider, and notes what was found: for all of its models, since a probe does not know of models. */
	async function lookAt(name: string, key: string | undefined, signal: AbortSignal | undefined): Promise<void> {
		const provider = registry.get(name);
		const startedAt = stamp();
		const deadlines = completeChainOptions({ timeouts: provider.timeouts }, defaults).timeouts;
		const context = { id: `probe-${name}`, logger, ...(key !== undefined && { key }) };
		const error = await probeProvider({ name, provider, deadlines, context, signal });
		// Whoever was reset, or registered anew, meanwhile is not known by this look.
		if (startedAt < (resets.get(name) ?? 0)) return;
		const found = { key, startedAt, now: now(), stamp: stamp() };
		await change(name, (rests) => (error === undefined ? foundWell(rests, found) : foundIll(rests, error, found)));
	}

	return {
		health: rows,
		async reset(reference) {
			const kept = await namesKept();
			const everybody = [...new Set([...registry.list(), ...kept])].map((name): Whom => ({ name }));
			const whom = reference === undefined ? everybody : findWhom(reference, registry, kept);
			for (const { name } of whom) {
				resets.set(name, stamp());
				if (registry.has(name)) limiters.reset(registry.get(name));
			}
			const ill = whom.filter(({ name }) => kept.includes(name));
			await Promise.all(ill.map(({ name, model }) => change(name, (rests) => rests.filter((rest) => !isAbout(rest, model)))));
		},
		async rest(reference, options) {
			const { forMs, reason = "no reason was given." } = options ?? {};
			if (typeof forMs !== "number" || !(forMs > 0)) {
				throw new InvalidRequestError(`forMs is ${showValue(forMs)}, and must be a number above 0, or Infinity.`, { path: "forMs" });
			}
			const since = stamp();
			const until = forMs === Infinity ? null : now() + forMs;
			for (const { name, model } of await find(reference)) {
				const words = { code: "provider-failed", message: reason, failures: 0, stated: false, byHand: true } as const;
				const rest: Rest = { ...(model !== undefined && { model }), ...words, since, until };
				await change(name, (rests) => [...rests.filter((one) => one.byHand !== true || one.model !== model), rest]);
			}
		},
		async probe(reference, options) {
			const whom = reference === undefined ? registry.list() : (await find(reference)).map(({ name }) => name);
			const names = [...new Set(whom)].filter((name) => registry.has(name) && canProbe(registry, name));
			if (reference !== undefined && names.length === 0) {
				throw new UnsupportedError(`${showValue(reference)} has no probe: whether it is well shows when it is asked.`, {
					capability: "probe",
					provider: reference,
				});
			}
			const looks = names.flatMap((name) => {
				const { keys = [] } = registry.get(name);
				return (keys.length === 0 ? [undefined] : keys).map((key) => ({ name, key }));
			});
			const waiting = looks.values();
			const worker = async (): Promise<void> => {
				// A name may have been taken out meanwhile.
				for (const { name, key } of waiting) if (registry.has(name)) await lookAt(name, key, options?.signal);
			};
			await Promise.all(Array.from({ length: Math.min(atOnce, looks.length) }, worker));
			return (await rows()).filter(({ provider }) => names.includes(provider));
		},
	};
}

function canProbe(registry: Registry, name: string): boolean {
	const provider = registry.get(name);
	return !isChainProvider(provider) && provider.probe !== undefined;
}

/** Whether a rest is about a model; about any where none is given. */
function isAbout(rest: Rest, model: string | undefined): boolean {
	return model === undefined || rest.model === undefined || rest.model === model;
}
