import type { Registry } from "../../registry/registry.ts";
import { isChainProvider } from "../is-chain-provider.ts";
import { leading } from "./circuit.ts";
import { type HealthState, type Rest, restsOf } from "./health-state.ts";
import type { ProviderHealth } from "./provider-health.ts";

/**
 * How everybody is: a row for each provider that is registered or known to rest, each of its models and each of its keys. Chains have none: their members do.
 *
 * @param registry - what is registered
 * @param states - what is known of those who are not well, by name
 * @param now - the clock
 */
export function healthRows(registry: Registry, states: ReadonlyMap<string, HealthState>, now: number): readonly ProviderHealth[] {
	const names = new Set([...registry.list(), ...states.keys()]);
	return [...names].flatMap((name) => {
		const provider = registry.has(name) ? registry.get(name) : undefined;
		if (provider !== undefined && isChainProvider(provider)) return [];
		const rests = restsOf(states.get(name));
		const models = [...(provider?.models.map(({ id }) => id) ?? []), ...rests.flatMap(({ model }) => model ?? [])];
		const keys = provider === undefined ? rests.flatMap(({ key }) => key ?? []) : (provider.keys ?? []);
		return distinct(models, "").flatMap((model) => distinct(keys, undefined).map((key) => row(name, model, key, rests, now)));
	});
}

/** Each once; where there are none, one that stands for all. */
function distinct<Item, None>(items: readonly Item[], none: None): readonly (Item | None)[] {
	return items.length === 0 ? [none] : [...new Set(items)];
}

function row(provider: string, model: string, key: string | undefined, rests: readonly Rest[], now: number): ProviderHealth {
	const identity = { provider, model, ...(key !== undefined && { key }) };
	const found = leading(rests, { model, key }, now);
	if (found === undefined) return { ...identity, state: "well", failures: 0 };
	const { state, rest } = found;
	const { failures, code, message, stated, byHand } = rest;
	const until = state === "well" ? {} : { until: rest.until ?? Infinity, stated };
	return { ...identity, state, failures, ...until, code, message, ...(byHand && { byHand }) };
}
