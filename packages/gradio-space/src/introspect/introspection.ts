import { InvalidRequestError, type Logger } from "@spaceport/core";
import { createSharedWork, type SharedWork } from "@spaceport/http";
import type { SubmitInputs } from "../create-space.ts";
import type { BoundEndpoint } from "../handshake/bind-by-name.ts";
import { describeInputs } from "../handshake/describe-misfit.ts";
import type { SpaceComponent, SpaceConfig } from "../handshake/space-config.ts";
import { explained } from "../space-failure.ts";
import type { SpaceFact } from "../to-spaceport-error.ts";
import type { Http } from "../transport/http.ts";
import { contractText, type EndpointContract } from "./check-contract.ts";
import { contractOf, differences, parseContract } from "./contract.ts";
import { describeEndpoints } from "./describe-endpoints.ts";
import type { EndpointInfo } from "./endpoint-info.ts";
import { nameInputs } from "./name-inputs.ts";
import { parseInfo, type SaidInfo } from "./read-info.ts";

/** What the functions of one Space take and give. It is read once for each of its configs, and forgotten with that. */
export interface Introspection {
	/**
	 * Describes the functions of a config. Where the Space does not tell more than that, the config alone has to do.
	 *
	 * @param config - the Space's config
	 * @param wait - how long to wait for what it says besides
	 */
	endpoints(config: SpaceConfig, wait: IntrospectionWait): Promise<readonly EndpointInfo[]>;
	/**
	 * How a function differs from a contract.
	 *
	 * @param config - the Space's config
	 * @param fnIndex - the function's number in it
	 * @param contract - what it has to fit
	 * @param wait - how long to wait for the names of its parameters, where the contract has some
	 * @returns undefined where it fits
	 */
	misfit(
		config: SpaceConfig,
		fnIndex: number,
		contract: EndpointContract | string,
		wait: IntrospectionWait,
	): Promise<{ readonly expected: string; readonly found: string } | undefined>;
	/**
	 * Puts inputs into the order of a function: those that are given by name, with the defaults of those that are left out, and lists without what callers do not see.
	 *
	 * @param api - the function, for messages
	 * @param bound - the function, and the config in which it was found
	 * @param inputs - the inputs
	 * @param contract - the names in it are good as well
	 * @param wait - how long to wait for the names of its parameters
	 * @returns the inputs, or that the function takes another number of them
	 * @throws InvalidRequestError where they make no sense
	 */
	arrange(
		api: string,
		bound: BoundInConfig,
		inputs: SubmitInputs,
		contract: EndpointContract | string | undefined,
		wait: IntrospectionWait,
	): Promise<readonly unknown[] | SpaceFact>;
}

/** A function, and where it was found. */
export interface BoundInConfig {
	readonly endpoint: BoundEndpoint;
	/** Undefined where there is none, which is what `absent` says. */
	readonly config: SpaceConfig | undefined;
	readonly absent: unknown;
}

/** How long to wait. */
export interface IntrospectionWait {
	readonly signal: AbortSignal;
	/** Until the headers of `/info`, and as long again until its end, in milliseconds. */
	readonly connectMs: number;
	readonly logger: Logger;
}

const largestInfo = 20 * 1024 * 1024;
/** After how long a Space that failed to say more is asked again, in milliseconds. */
const askAgainMs = 30_000;

/** A function that has nothing in common with a contract differs in everything. */
const mostDifferences = 4;

interface Known {
	readonly work: SharedWork<readonly EndpointInfo[]>;
	endpoints?: readonly EndpointInfo[];
	/** Until when that will do, by `performance.now()`. */
	until?: number;
}

/**
 * Makes what describes the functions of one Space.
 *
 * @param http - sends the request
 */
export function createIntrospection(http: Http): Introspection {
	const configs = new WeakMap<SpaceConfig, Known>();

	async function endpoints(config: SpaceConfig, wait: IntrospectionWait): Promise<readonly EndpointInfo[]> {
		const known: Known = configs.get(config) ?? { work: createSharedWork() };
		configs.set(config, known);
		if (known.endpoints !== undefined && performance.now() < (known.until ?? Infinity)) return known.endpoints;
		return known.work.join(async (signal) => {
			const { info, passing } = await fetchInfo(http, config, { ...wait, signal });
			signal.throwIfAborted();
			known.endpoints = describeEndpoints(config, info);
			known.until = passing ? performance.now() + askAgainMs : Infinity;
			return known.endpoints;
		}, wait.signal);
	}

	return {
		endpoints,
		async misfit(config, fnIndex, contract, wait) {
			const pinned = parseContract(contract);
			const hasNames = pinned.inputs.length > 1 && pinned.inputs.some(({ name }) => name !== undefined);
			const described = hasNames ? await endpoints(config, wait) : describeEndpoints(config, undefined);
			const endpoint = described.find((each) => each.fnIndex === fnIndex);
			if (endpoint === undefined || endpoint.opaque === true) {
				return { expected: contractText(pinned), found: `${pinned.name}, which does not say what it takes` };
			}
			const found = contractOf(endpoint);
			const different = differences(pinned, found);
			if (different.length === 0) return undefined;
			return { expected: contractText(pinned), found: `${contractText(found)}: ${different.slice(0, mostDifferences).join("; ")}` };
		},
		async arrange(api, { endpoint, config, absent }, inputs, contract, wait) {
			if (Array.isArray(inputs)) return fillIn(api, endpoint.inputs ?? [], inputs);
			if (typeof inputs !== "object" || inputs === null) {
				throw new InvalidRequestError(`The inputs of ${api} are neither a list nor an object.`, {
					path: "data",
					hint: 'Give them in order, such as [prompt, [], system], or by name, such as { prompt: "Hello" }.',
				});
			}
			if (config === undefined) throw absent;
			const described = (await endpoints(config, wait)).find(({ fnIndex }) => fnIndex === endpoint.fnIndex);
			if (described === undefined || described.opaque === true) {
				throw new InvalidRequestError(`${api} does not say the names of its inputs.`, { path: "data", hint: "Give them in order." });
			}
			return nameInputs(
				api,
				described.parameters,
				inputs as Readonly<Record<string, unknown>>,
				contract === undefined ? undefined : parseContract(contract),
			);
		},
	};
}

/** Null for what callers do not see. */
function fillIn(api: string, components: readonly SpaceComponent[], inputs: readonly unknown[]): readonly unknown[] | SpaceFact {
	if (components.filter(({ hidden }) => hidden !== true).length === inputs.length) {
		const rest = inputs.values();
		return components.map(({ hidden }) => (hidden === true ? null : rest.next().value));
	}
	return {
		kind: "contract",
		expected: `${api} with ${inputs.length} inputs`,
		found: `${components.length} inputs ${describeInputs(components)}`,
	};
}

/** It throws nothing: a Space that says no more is described by its config. */
async function fetchInfo(
	http: Http,
	{ apiPrefix }: SpaceConfig,
	{ signal, connectMs, logger }: IntrospectionWait,
): Promise<{ info: SaidInfo | undefined; passing: boolean }> {
	let passing = true;
	try {
		const answer = await http.send({
			method: "GET",
			// With those that are not documented, and without the examples of programs, which are most of it on Gradio 6.
			path: `${apiPrefix}/info?all_endpoints=true`,
			phase: "info",
			accept: "application/json",
			connectMs,
			signal,
		});
		const { ok, status } = answer.response;
		const { text, end } = await answer.text({ maxBytes: largestInfo, maxMs: connectMs }, signal);
		passing = status >= 500 || end === "late" || end === "broken";
		const info = ok && end === "whole" ? parseInfo(text) : undefined;
		if (info === undefined) logger.debug({ status, end }, "The Space does not describe its functions; its config has to do.");
		return { info, passing };
	} catch (error) {
		if (!signal.aborted) logger.debug({ err: await explained(error) }, "The Space does not describe its functions; its config has to do.");
		return { info: undefined, passing };
	}
}
