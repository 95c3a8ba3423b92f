import type { SpaceportError } from "../../errors/spaceport-error.ts";
import type { Observer, RecoveredEvent } from "../../events.ts";
import type { Candidate } from "../../route/candidate.ts";
import { isChainProvider } from "../is-chain-provider.ts";
import { answering, claimed, failed, isOnTrial, isRest, type Outcome, released, resting, succeeded } from "./circuit.ts";
import { cooldown, rootFailure } from "./cooldown.ts";
import type { ClaimOptions, HealthShell, Resting, Ticket } from "./health.ts";
import { createHealthDesk, type HealthPlace } from "./health-desk.ts";
import { type Rest, restsOf, toState } from "./health-state.ts";
import { createMemoryStore } from "./memory-store.ts";
import { type Change, createPatientStore, whenKnown } from "./patient-store.ts";
import type { HealthDesk } from "./provider-health.ts";
import type { MaybePromise } from "./state-store.ts";

/** A ticket whose attempt may have failed before it was there. */
export interface BookTicket extends Ticket {
	/** @param at - when it failed, by the stamp. @default now */
	failed(error: SpaceportError, at?: number): void;
}

/** Keeps who is well, and who is not. */
export interface HealthBook {
	readonly isQuiet: boolean;
	look(candidate: Candidate): MaybePromise<Resting | undefined>;
	claim(candidate: Candidate, options: ClaimOptions): MaybePromise<Ticket | Resting>;
	/** A ticket for an attempt that has begun already. */
	open(candidate: Candidate, key: string | undefined, startedAt: number, options: ClaimOptions): BookTicket;
	changed(candidates: readonly Candidate[], signal: AbortSignal): Promise<void>;
	forget(name: string): MaybePromise<void>;
	/** What a Spaceport offers of it to those who look after it. */
	desk(place: HealthPlace): HealthDesk;
}

/** Of whom is told, and to whom. */
export interface Told {
	/** The provider's registered name. */
	readonly name: string;
	/** The model that was asked. */
	readonly model?: string | undefined;
	readonly requestId?: string | undefined;
	readonly report?: Observer | undefined;
}

/** What an attempt does to the rests of its provider. */
type Step = (rests: readonly Rest[]) => readonly Rest[];

/** Makes the book that a Spaceport's calls share. */
export function createHealthBook(shell: HealthShell): HealthBook {
	const { now, stamp, resets, logger } = shell;
	const store = createPatientStore(shell.store ?? createMemoryStore(), now, logger);
	/** Where each provider's keys stand in turn. */
	const turns = new WeakMap<object, number>();
	const listeners = new Map<string, Set<() => void>>();
	const owner = Math.random().toString(36).slice(2);
	let tickets = 0;

	/** The keys in the order in which they are to be tried: it goes round. */
	function keysInTurn({ provider }: Candidate): readonly (string | undefined)[] {
		const { keys = [] } = provider;
		if (keys.length === 0) return [undefined];
		const turn = (turns.get(provider) ?? 0) % keys.length;
		return [...keys.slice(turn), ...keys.slice(0, turn)];
	}

	/** The one to ask: the first that does not rest, else the one whose rest ends first, and why it rests. */
	function pick(candidate: Candidate, rests: readonly Rest[]): { readonly key: string | undefined; readonly why: Resting | undefined } {
		let best: { readonly key: string | undefined; readonly why: Resting } | undefined;
		const clock = now();
		for (const key of keysInTurn(candidate)) {
			const why = resting(rests, { model: candidate.model, key }, clock);
			if (why === undefined) return { key, why };
			if (best === undefined || why.until < best.why.until) best = { key, why };
		}
		return best as { readonly key: string | undefined; readonly why: Resting };
	}

	function took(candidate: Candidate, key: string | undefined): void {
		const { keys = [] } = candidate.provider;
		if (key !== undefined && keys.length > 1) turns.set(candidate.provider, keys.indexOf(key) + 1);
	}

	function notify(name: string): void {
		for (const listener of [...(listeners.get(name) ?? [])]) listener();
	}

	/** Tells who rests from now on, or for longer, and who is well again. */
	function tell(before: readonly Rest[], after: readonly Rest[], { name, model = "", requestId, report = shell.report }: Told): void {
		const say: Observer = (event) => {
			try {
				report(event);
			} catch (error) {
				logger.warn({ err: error }, "An observer threw.");
			}
		};
		const identify = (rest: Rest): Pick<RecoveredEvent, "requestId" | "provider" | "model" | "key"> => ({
			...(requestId !== undefined && { requestId }),
			provider: name,
			model: rest.model ?? model,
			...(rest.key !== undefined && { key: rest.key }),
		});
		for (const rest of before) {
			if (isRest(rest) && !after.some((one) => isSame(one, rest) && isRest(one))) say({ type: "recovered", ...identify(rest) });
		}
		for (const rest of after) {
			const known = before.find((one) => isSame(one, rest));
			if (!isRest(rest) || (known?.since === rest.since && known.until === rest.until)) continue;
			const { until, failures, code, stated } = rest;
			say({ type: "cooldown", ...identify(rest), until: until ?? Infinity, failures, code, stated });
		}
		notify(name);
	}

	/**
	 * @param options - how it was claimed
	 * @param outcome - which attempt it is
	 * @param known - whether anything is known of whom it asks: only then a success has something to change
	 */
	function createTicket(candidate: Candidate, options: ClaimOptions, outcome: Outcome, known: boolean): BookTicket {
		const { name } = candidate;
		const { id, model, key, startedAt } = outcome;
		let previous: MaybePromise<unknown>;
		let isKeysFailure = false;
		let other = false;

		/** Writes down what became of it, one after the other, and tells of what follows. */
		function record(step: Step): void {
			// Its members rest, and not a chain.
			if (isChainProvider(candidate.provider)) return;
			const write = (): MaybePromise<void> => {
				let before: readonly Rest[] = [];
				let after: readonly Rest[] = before;
				const change: Change = (state) => {
					before = restsOf(state);
					// What was reset since is not put to rest again by what began before.
					after = startedAt < (resets.get(name) ?? 0) ? released(before, id) : step(before);
					other = isKeysFailure && anotherKeyIn(after);
					return toState(after, now());
				};
				return whenKnown(store.update(name, change), (isDone) => {
					if (isDone) tell(before, after, { name, model, requestId: options.requestId, report: options.report });
				});
			};
			previous = whenKnown(previous, write);
		}

		/** Whether, this key aside, somebody may be asked at once. */
		function anotherKeyIn(rests: readonly Rest[]): boolean {
			const { keys = [] } = candidate.provider;
			const clock = now();
			return keys.some((one) => one !== key && resting(rests, { model, key: one }, clock) === undefined);
		}

		function settle(step: Step): void {
			if (known || store.isInMemory) record(step);
		}

		return {
			key,
			answering: () => settle((rests) => answering(rests, outcome)),
			succeeded: () => settle((rests) => succeeded(rests, outcome)),
			failed(error, at) {
				const root = rootFailure(error);
				const said = cooldown(root, 1);
				isKeysFailure = said.says === "rest" && said.who !== "model";
				// Until the store has answered, the other keys count as well.
				other = isKeysFailure && (candidate.provider.keys?.length ?? 0) > 1;
				const moment = at === undefined ? { now: now(), stamp: stamp() } : { now: Math.floor(at), stamp: at };
				if (said.says === "rest") record((rests) => failed(rests, outcome, root, moment));
				else settle((rests) => (said.says === "well" ? succeeded(rests, outcome) : released(rests, id)));
			},
			released: () => settle((rests) => released(rests, id)),
			anotherKey: () => other,
		};
	}

	function nextId(): string {
		tickets += 1;
		return `${owner}-${tickets}`;
	}

	return {
		desk: (place) => createHealthDesk({ ...shell, ...place, store, tell }),
		get isQuiet() {
			return store.isEmpty;
		},
		look(candidate) {
			if (isChainProvider(candidate.provider)) return undefined;
			return whenKnown(store.get(candidate.name), (state) => pick(candidate, restsOf(state)).why);
		},
		claim(candidate, options) {
			const { name, model, provider } = candidate;
			return whenKnown(isChainProvider(provider) ? undefined : store.get(name), (state) => claimFrom(restsOf(state)));

			function claimFrom(known: readonly Rest[]): MaybePromise<Ticket | Resting> {
				const { key, why } = pick(candidate, known);
				if (why !== undefined && !options.force) return why;
				const id = nextId();
				const give = (): Ticket => {
					took(candidate, key);
					return createTicket(candidate, options, { id, model, key, startedAt: stamp() }, known.length > 0);
				};
				// Nobody has to find out: nothing is written.
				if (why !== undefined || !isOnTrial(known, { model, key }, now())) return give();
				let found: readonly Rest[] = known;
				const change: Change = (state) => {
					found = claimed(restsOf(state), { id, model, key }, now());
					return toState(found, now());
				};
				return whenKnown(store.update(name, change), (isDone) => {
					const other = isDone && !found.some((rest) => rest.probe?.id === id) ? pick(candidate, found) : undefined;
					if (other === undefined || options.force) return give();
					// Somebody else was faster: another key may be free.
					return other.why ?? claimFrom(found);
				});
			}
		},
		open: (candidate, key, startedAt, options) =>
			createTicket(candidate, options, { id: nextId(), model: candidate.model, key, startedAt }, true),
		changed(candidates, signal) {
			return new Promise((resolve) => {
				const names = new Set(candidates.map(({ name }) => name));
				const done = (): void => {
					signal.removeEventListener("abort", done);
					for (const name of names) {
						const set = listeners.get(name);
						set?.delete(done);
						if (set?.size === 0) listeners.delete(name);
					}
					resolve();
				};
				if (signal.aborted) {
					resolve();
					return;
				}
				signal.addEventListener("abort", done, { once: true });
				for (const name of names) {
					const set = listeners.get(name) ?? new Set();
					listeners.set(name, set.add(done));
				}
			});
		},
		forget: (name) =>
			whenKnown(
				store.update(name, () => undefined),
				() => notify(name),
			),
	};
}

/** Whether two are about the same one. */
function isSame(one: Rest, other: Rest): boolean {
	return one.model === other.model && one.key === other.key && one.byHand === other.byHand;
}
