import { type AsyncGeneratorProvider, didYouMean, InvalidRequestError } from "@spaceport/core";
import { createSpaceProvider } from "@spaceport/gradio-space";
import { createEndpoint, type Endpoint, endpoints, findEndpoint } from "@spaceport/provider-openai";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";

import { createLazyLocal } from "./lazy-local.ts";
import type { FreeChatOptions } from "./options.ts";
import { loadLocal } from "./platform.ts";
import { leavesMachine, privacyHere, privacyOfOwn, privacyOfSpaces, type RecipientDetails } from "./recipient.ts";

/** Who is asked, and what is known of them. */
export interface Member {
	readonly provider: AsyncGeneratorProvider;
	/** The models that it is asked for, one after the other. Its own choice where there are none. */
	readonly models: readonly string[];
	readonly details: RecipientDetails;
	/** Whether it is the one on this machine, which answers when nobody else can. */
	readonly isLocal?: true;
}

/** Models are retired without notice, and some have limits of their own: where the first one cannot answer, a second one may. */
const mostModels = 2;

/**
 * Decides who is asked, in order: Spaces, endpoints that need no key, endpoints whose keys are given, the model on this machine.
 *
 * @param options - the caller's
 * @throws InvalidRequestError where somebody who is named is not known, may not take part without being named, or needs a key that is missing
 */
export function findMembers(options: FreeChatOptions): readonly Member[] {
	const members = [...spaces(options), ...findEndpoints(options), ...local(options)];
	const names = new Set<string>();
	for (const { provider } of members) {
		if (names.has(provider.name)) throw invalid("spaces", `There are two members that are called "${provider.name}".`);
		names.add(provider.name);
	}
	const without = new Set(options.without ?? []);
	const known = [...names, ...Object.keys(endpoints), "local"];
	for (const name of without) {
		if (known.includes(name)) continue;
		throw invalid("without", `without has "${name}", which is nobody who could be asked.${didYouMean(name, known)}`);
	}
	return members.filter(({ provider }) => !without.has(provider.name));
}

function spaces({ spaces: more = [], providers = {}, token, hubUrl, fetch }: FreeChatOptions): readonly Member[] {
	// One that sleeps needs a minute or more: by then somebody else has answered.
	const options = { wakeMs: 0, ...(token !== undefined && { token }), ...(hubUrl !== undefined && { hubUrl }), ...(fetch && { fetch }) };
	const account = token === undefined ? "none" : "yours";
	const details = (title: string, url: string): RecipientDetails => ({
		title,
		url,
		leavesMachine: leavesMachine(url),
		account,
		privacy: privacyOfSpaces,
	});
	const all = [
		{ name: "qwen-2-72b", title: "the Space Qwen/Qwen2-72B-Instruct", make: () => createQwen2_72b(options) },
		...more.map((space) =>
			typeof space === "string"
				? { name: space, title: `the Space ${space}`, make: () => createSpaceProvider(space, { ...options, name: space }) }
				: { name: space.name, provider: space },
		),
	];
	return all.map((one) => {
		const own = providers[one.name] ?? ("provider" in one ? one.provider : undefined);
		if (own !== undefined || "provider" in one) return ownMember(named(own as AsyncGeneratorProvider, one.name));
		const provider = one.make();
		return { provider, models: [], details: details(one.title, provider.url) };
	});
}

function findEndpoints({ endpoints: more = [], keys = {}, providers = {}, fetch }: FreeChatOptions): readonly Member[] {
	const wanted = more.map((name) => known(name, "endpoints"));
	const keyed = new Map<Endpoint, string | readonly string[]>();
	for (const [name, key] of Object.entries(keys)) {
		if (key === undefined || key.length === 0) continue;
		const endpoint = known(name, `keys.${name}`);
		if (!endpoint.default && !wanted.includes(endpoint)) throw notByItself(endpoint, name);
		keyed.set(endpoint, key);
	}
	const free = Object.values(endpoints).filter((one) => one.default && one.kind === "keyless" && one.key.need !== "required");
	const all = new Set([...free, ...wanted.filter((one) => !keyed.has(one)), ...keyed.keys()]);
	return [...all].map((endpoint) => {
		const own = providers[endpoint.id];
		if (own !== undefined) return ownMember(named(own, endpoint.id));
		const key = keyed.get(endpoint);
		const provider = createEndpoint(endpoint.id, {
			...(typeof key === "string" ? { apiKey: key } : key && { apiKeys: key }),
			...(fetch && { fetch }),
		});
		return {
			provider,
			models: modelsOf(endpoint),
			details: {
				title: endpoint.title,
				url: provider.url,
				leavesMachine: leavesMachine(provider.url),
				account: key === undefined ? "none" : "yours",
				privacy: endpoint.privacy,
			},
		};
	});
}

/** Those that somebody has seen answer come first. */
function modelsOf({ models }: Endpoint): readonly string[] {
	const seen = models.filter(({ secondHand, embeddings }) => secondHand !== true && embeddings !== true);
	const all = seen.length > 0 ? seen : models.filter(({ embeddings }) => embeddings !== true);
	return all.slice(0, mostModels).map(({ id }) => id);
}

function local({ local: given, providers = {} }: FreeChatOptions): readonly Member[] {
	if (given === false) return [];
	const own = providers.local === undefined ? given : named(providers.local, "local");
	const provider = own ?? (loadLocal && createLazyLocal(loadLocal));
	if (provider === undefined) return [];
	// Of one that is given for the model on this machine, and is called as that is, it is taken that it is one.
	const isHere = provider.name === "local" && providers.local === undefined && urlOf(provider) === undefined;
	const details: RecipientDetails = isHere
		? { title: "the local model", leavesMachine: false, account: "none", privacy: privacyHere }
		: ownDetails(provider);
	return [{ provider, models: [], details, isLocal: true }];
}

function ownMember(provider: AsyncGeneratorProvider): Member {
	return { provider, models: [], details: ownDetails(provider) };
}

function ownDetails(provider: AsyncGeneratorProvider): RecipientDetails {
	const url = urlOf(provider);
	const leaves = leavesMachine(url);
	return {
		title: provider.name,
		...(url !== undefined && { url }),
		leavesMachine: leaves,
		account: "unknown",
		privacy: leaves === false ? privacyHere : privacyOfOwn,
	};
}

/** Where a provider is, if it says so. */
function urlOf(provider: AsyncGeneratorProvider): string | undefined {
	const { url } = provider as { readonly url?: unknown };
	return typeof url === "string" && /^https?:/.test(url) ? url : undefined;
}

/** A provider under the name that it is to have in the chain. */
function named(provider: AsyncGeneratorProvider, name: string): AsyncGeneratorProvider {
	return provider.name === name ? provider : (Object.create(provider, { name: { value: name } }) as AsyncGeneratorProvider);
}

function known(name: string, path: string): Endpoint {
	const endpoint = findEndpoint(name);
	if (endpoint !== undefined) return endpoint;
	throw invalid(path, `${path} has "${name}", which is no endpoint that is known.${didYouMean(name, Object.keys(endpoints))}`);
}

function notByItself({ id, kind, title, privacy, terms }: Endpoint, name: string): InvalidRequestError {
	const why =
		kind === "paid" ? "it has to be paid for." : privacy.logsPrompts === true || privacy.trains === true ? privacy.note : terms.note;
	return invalid(
		`keys.${name}`,
		`${title} takes part only where it is named: ${why}`,
		`Say endpoints: ["${id}"] beside its key, or leave the key out.`,
	);
}

function invalid(path: string, message: string, hint?: string): InvalidRequestError {
	return new InvalidRequestError(message, { path, ...(hint !== undefined && { hint }) });
}
