import type { AsyncGeneratorProvider, SpaceportError, SpaceportEvent } from "@spaceport/core";
import { NetworkError, silentLogger } from "@spaceport/core";

import { type ClaimOptions, createHealth, type Health, isResting, type Resting, type Ticket } from "../../src/chain/health/health.ts";
import type { StateStore } from "../../src/chain/health/state-store.ts";
import type { Candidate } from "../../src/route/candidate.ts";

export function network(): SpaceportError {
	return new NetworkError("connection reset", { phase: "join" });
}

export function provider(name: string, more: Partial<AsyncGeneratorProvider> = {}): AsyncGeneratorProvider {
	return { name, models: [{ id: "m" }], async *createAsyncGenerator() {}, ...more };
}

export function candidate(name: string, more: Partial<AsyncGeneratorProvider> = {}, model = "m"): Candidate {
	return { name, model, provider: provider(name, more) };
}

/** Health as the engine uses it, and what it tells. */
export interface Ward {
	readonly health: Health;
	readonly events: SpaceportEvent[];
	/** What was logged as a warning. */
	readonly warnings: object[];
	/** A ticket for somebody who may be asked. */
	claim(who: Candidate, options?: Partial<ClaimOptions>): Promise<Ticket>;
	/** Why somebody may not be asked. */
	refusal(who: Candidate): Promise<Resting>;
	/** Asks, and fails. */
	fail(who: Candidate, error?: SpaceportError, options?: Partial<ClaimOptions>): Promise<Ticket>;
	/** Asks, and is answered. */
	answer(who: Candidate, options?: Partial<ClaimOptions>): Promise<Ticket>;
	/** What was told since the last call, in short. */
	told(): readonly string[];
}

export function createWard(store?: StateStore): Ward {
	const events: SpaceportEvent[] = [];
	const warnings: object[] = [];
	const warn = (fields: object | string): void => {
		warnings.push(fields as object);
	};
	const lines: string[] = [];
	const report = (event: SpaceportEvent): void => {
		events.push(event);
		if (event.type !== "cooldown" && event.type !== "recovered") return;
		const who = [event.provider, event.model, ...(event.key === undefined ? [] : [event.key])].join("/");
		const what = event.type === "recovered" ? "" : ` ${event.until - Date.now()} ms, ${event.failures}`;
		lines.push(`${event.type} ${who}${what}`);
	};
	const health = createHealth({ store, report, logger: { ...silentLogger, warn } });
	const ward: Ward = {
		health,
		events,
		warnings,
		async claim(who, options) {
			const claim = await health.claim(who, { force: false, ...options });
			if (isResting(claim)) throw new Error(`${who.name} rests: ${JSON.stringify(claim)}`);
			return claim;
		},
		async refusal(who) {
			const claim = await health.claim(who, { force: false });
			if (!isResting(claim)) throw new Error(`${who.name} may be asked.`);
			return claim;
		},
		async fail(who, error = network(), options = {}) {
			const ticket = await ward.claim(who, options);
			ticket.failed(error);
			// The first failure loads what keeps it.
			await health.look(who);
			return ticket;
		},
		async answer(who, options = {}) {
			const ticket = await ward.claim(who, options);
			ticket.answering();
			ticket.succeeded();
			return ticket;
		},
		told: () => lines.splice(0),
	};
	return ward;
}
