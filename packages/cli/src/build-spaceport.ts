import {
	type AsyncGeneratorProvider,
	type ChainEntry,
	type ChainOptionsInput,
	createChain,
	createSpaceport,
	didYouMean,
	isSpaceportError,
	type Logger,
	type Spaceport,
} from "@spaceport/core";
import type { Recipient } from "@spaceport/free-chat";
import { asConfigError, type ConfigFile, configError } from "./config/config-error.ts";
import type { LoadedConfig } from "./config/load-config.ts";
import { createProviders } from "./create-providers.ts";
import type { Environment } from "./environment.ts";
import { createBuiltInChain, freeChatName } from "./free-chat.ts";
import { refuseOffline } from "./offline-refusal.ts";

/** What a Spaceport is built from. */
export interface BuildOptions {
	/** The configuration, where there is one. */
	readonly loaded: LoadedConfig | undefined;
	/** The Hugging Face token, where there is one, and the keys of endpoints. */
	readonly environment: Pick<Environment, "token" | "key">;
	/** Allows no network. */
	readonly offline: boolean;
	/** The whole request's limit, in milliseconds; in place of the configuration's. */
	readonly totalMs: number | undefined;
	/** Who is not asked by the chain `free-chat`. */
	readonly without: readonly string[];
	/** Hears who gets the prompt that the chain `free-chat` is asked with, before it goes there. */
	readonly onRecipient: (recipient: Recipient) => void;
	readonly logger: Logger;
}

/**
 * Builds the Spaceport that the command asks: the built-in providers and chain, with the configuration over them.
 *
 * @param options - the configuration and the user's wishes
 * @throws InvalidRequestError that names the place in the configuration
 */
export async function buildSpaceport(options: BuildOptions): Promise<Spaceport> {
	const { loaded, totalMs, logger } = options;
	const { providers: configuredProviders = {}, chains: configuredChains = {}, freeChat = {}, ...given } = loaded?.config ?? {};
	const defaults: ChainOptionsInput = { ...given, timeouts: { ...given.timeouts, ...(totalMs !== undefined && { totalMs }) } };
	// Endpoints that are known are members of chains by their ids alone.
	const members = Object.values(configuredChains)
		.flatMap((entries) => entries.map(memberOf).filter((member) => typeof member === "string"))
		.filter((member) => !Object.hasOwn(configuredChains, member));
	const { providers, refused } = await createProviders(options, new Set(members));

	const file = loaded?.file;
	const spaceport = attempt(file, "", () => createSpaceport({ ...defaults, providers, logger }));
	const names = new Set([...Object.keys(providers), "default", freeChatName, ...Object.keys(configuredChains)]);
	for (const [name, entries] of Object.entries(configuredChains)) {
		const path = `chains.${name}`;
		if (file !== undefined) {
			if (Object.hasOwn(providers, name))
				throw configError(file, path, "has the name of a provider.", { hint: "Give the chain another name." });
			checkNames(entries, names, file, path);
			checkCircle(name, configuredChains, file);
		}
		const allowed = options.offline ? withoutNetwork(entries, refused) : entries;
		attempt(file, path, () => spaceport.register(createChain({ name, providers: allowed })));
	}
	if (!spaceport.has(freeChatName)) {
		const configured = Object.fromEntries(Object.entries(providers).filter(([name]) => Object.hasOwn(configuredProviders, name)));
		const chain = attempt(loaded?.config.freeChat && file, "freeChat", () =>
			createBuiltInChain({
				config: freeChat,
				without: options.without,
				configured,
				local: providers.local as AsyncGeneratorProvider,
				refused: options.offline ? refused : undefined,
				environment: options.environment,
				defaults,
				onRecipient: options.onRecipient,
				logger,
			}),
		);
		spaceport.register(chain);
	}
	// Nobody has to be named.
	if (!spaceport.has("default")) spaceport.register("default", spaceport.get(freeChatName));
	return spaceport;
}

/** Runs what may find a mistake in the configuration. */
function attempt<Result>(file: ConfigFile | undefined, path: string, action: () => Result): Result {
	try {
		return action();
	} catch (error) {
		throw file !== undefined && isSpaceportError(error, "invalid-request") ? asConfigError(file, path, error) : error;
	}
}

/** Every name in a chain must be somebody's: said when the configuration is read, and not when the chain comes to that member. */
function checkNames(entries: readonly ChainEntry[], known: ReadonlySet<string>, file: ConfigFile, path: string): void {
	for (const [index, entry] of entries.entries()) {
		const member = memberOf(entry);
		if (typeof member !== "string" || known.has(member)) continue;
		throw configError(file, `${path}[${index}]`, `is "${member}", which is no provider and no chain.${didYouMean(member, known)}`, {
			hint: `There are ${[...known].join(", ")}.`,
		});
	}
}

/** A chain that comes back to itself through others answers nothing: said when the configuration is read, with its place. */
function checkCircle(start: string, chains: Readonly<Record<string, readonly ChainEntry[]>>, file: ConfigFile): void {
	const seen = new Set<string>();
	visit(start, [start]);

	function visit(name: string, way: readonly string[]): void {
		for (const entry of Object.hasOwn(chains, name) ? (chains[name] ?? []) : []) {
			const member = memberOf(entry);
			if (member === start) throw configError(file, `chains.${start}`, `is a member of itself: ${[...way, start].join(" → ")}.`);
			if (typeof member !== "string" || seen.has(member)) continue;
			seen.add(member);
			visit(member, [...way, member]);
		}
	}
}

function memberOf(entry: ChainEntry): string | AsyncGeneratorProvider {
	return typeof entry === "object" && "provider" in entry ? entry.provider : entry;
}

/** The members of a chain that need no network. Where there are none such all stay, so that the chain says why it cannot answer. */
function withoutNetwork(entries: readonly ChainEntry[], refused: ReadonlySet<string>): readonly ChainEntry[] {
	const members = entries.map((entry) => ({ entry, member: memberOf(entry) }));
	const allowed = members.filter(({ member }) => typeof member === "string" && !refused.has(member));
	if (allowed.length > 0) return allowed.map(({ entry }) => entry);
	return members.map(({ entry, member }) => (typeof member === "string" ? entry : refuseOffline(member.name, member)));
}
