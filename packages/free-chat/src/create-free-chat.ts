import {
	type AttemptContextInput,
	type ChainEntry,
	type ChainProvider,
	createChain,
	InvalidRequestError,
	silentLogger,
} from "@spaceport/core";

import { guard } from "./guard.ts";
import { findMembers, type Member } from "./members.ts";
import type { FreeChatOptions } from "./options.ts";
import { createReach } from "./reach/reach.ts";
import type { Recipient } from "./recipient.ts";

/** A chain that answers without an account. */
export interface FreeChat extends ChainProvider, AsyncDisposable {
	/** Who may get a prompt, in the order in which they are asked. */
	readonly recipients: readonly Recipient[];
	/** Frees the memory of the model on this machine, where this chain has loaded it. Nobody has to call it. */
	dispose(): Promise<void>;
}

/** How long a connection is waited for, in milliseconds: where packets are swallowed, the model on this machine begins after it. */
const connectMs = 4000;

const defaultHubUrl = "https://huggingface.co";

/**
 * Makes the chain that answers without an account: chat Spaces that are awake, then endpoints that need no key and neither log prompts nor train on them, then those whose
 * keys are given, and at last a small model on this machine. It does no I/O here.
 *
 * Where there is no network, that model begins at once; where packets are swallowed, after one connection's deadline: while the first one is asked it is looked, side by
 * side, who of the others is within reach at all. Such a look sends nothing of the prompt.
 *
 * @param options - who else is asked, who is not, and with which keys
 * @throws InvalidRequestError where somebody who is named is not known, or nobody is left
 *
 * @example
 * ```ts
 * import { createSpaceport } from "@spaceport/core";
 * import { createFreeChat } from "@spaceport/free-chat";
 *
 * const chain = createFreeChat({ onRecipient: ({ title, privacy }) => console.error(`The prompt goes to ${title}. ${privacy.note}`) });
 * const spaceport = createSpaceport({ chains: [chain] });
 * const { text } = await spaceport.complete({ messages: "What is the capital of France?" });
 * console.log(text);
 * ```
 */
export function createFreeChat(options: FreeChatOptions = {}): FreeChat {
	const { name = "free-chat", hubUrl = defaultHubUrl, fetch = (input, init) => globalThis.fetch(input, init), onRecipient } = options;
	const { retry, limits, onInterruption, onMismatch, unsupportedParameters, timeouts, dispositions } = options;
	const members = findMembers(options);
	if (members.length === 0) {
		throw new InvalidRequestError("Nobody is left who could be asked.", { path: "without", hint: "Leave out fewer of them." });
	}
	const places = new Map(members.map((member) => [member, member.isLocal ? undefined : placeOf(member, hubUrl)]));
	const reach = createReach(new Set([...places.values()].filter((place) => place !== undefined)), fetch);
	const entries = members.flatMap((member): readonly ChainEntry[] => {
		const { isLocal } = member;
		const announce = (model: string, { logger = silentLogger }: AttemptContextInput): void => {
			try {
				onRecipient?.(toRecipient(member, model));
			} catch (error) {
				logger.warn({ err: error }, "onRecipient threw; the answer goes on.");
			}
		};
		const provider = guard(member.provider, { reach, place: places.get(member), announce });
		const lastResort = isLocal === true;
		return member.models.length === 0 ? [{ provider, lastResort }] : member.models.map((model) => ({ provider, model, lastResort }));
	});
	const chain = createChain({
		name,
		providers: entries,
		retry,
		limits,
		onInterruption,
		onMismatch,
		unsupportedParameters,
		timeouts: { connectMs, ...timeouts },
		// Whoever cannot be reached, or sleeps, is not asked a second time: somebody else answers sooner.
		dispositions: { network: { same: "no" }, timeout: { same: "no" }, "space-unavailable": { same: "no" }, ...dispositions },
	});
	const dispose = async (): Promise<void> => {
		const own = members.find(({ isLocal }) => isLocal)?.provider as { readonly dispose?: () => Promise<void> } | undefined;
		if (options.local === undefined && options.providers?.local === undefined) await own?.dispose?.();
	};
	return Object.defineProperties(chain, {
		recipients: { value: members.flatMap(recipientsOf), enumerable: true },
		dispose: { value: dispose },
		[Symbol.asyncDispose]: { value: dispose },
	}) as FreeChat;
}

function recipientsOf(member: Member): readonly Recipient[] {
	const models = member.models.length > 0 ? member.models : [member.provider.models[0]?.id ?? ""];
	return models.map((model) => toRecipient(member, model));
}

function toRecipient({ provider, details }: Member, model: string): Recipient {
	return { provider: provider.name, model, ...details };
}

/**
 * What has to be within reach for somebody. Of a Space at Hugging Face it is the hub, which is asked where it is: a request to the Space itself would wake it.
 */
function placeOf({ details: { url } }: Member, hubUrl: string): string | undefined {
	if (url === undefined) return undefined;
	const { hostname, origin } = new URL(url);
	return new URL(hostname.endsWith(".hf.space") ? hubUrl : origin).origin;
}
