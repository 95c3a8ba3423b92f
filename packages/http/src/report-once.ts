import type { Logger } from "@spaceport/core";
import { parts } from "./parts/parts.ts";

import type { Secrets } from "./scrub.ts";

/** Kinds that one report is made for: a server that makes up a new kind each time does not fill the log. */
const mostKinds = 20;

/** Tells of something that was skipped: its kind, what is known about it, and the words. */
export type Report = (kind: string, facts: Facts, text: string) => void;

/** What is known of what was skipped. */
export type Facts = Readonly<Record<string, string | number>>;

/**
 * Makes what tells of things that were skipped in one call: each kind of them once, and not each time.
 *
 * @param logger - where it is told
 * @param secrets - what is taken out of what a server said
 */
export function createReport(logger: Logger, secrets: Secrets): Report {
	const told = new Set<string>();

	async function tell(facts: Facts, text: string): Promise<void> {
		try {
			const { createScrubber } = await parts.scrub();
			const scrubber = createScrubber(secrets);
			const shown = Object.entries(facts).map(([name, fact]) => [name, typeof fact === "string" ? scrubber.text(fact) : fact]);
			logger.warn(Object.fromEntries(shown), text);
		} catch {
			// A logger of the caller's own, or a part that cannot be loaded: it is a log, and fails nobody.
		}
	}

	return (kind, facts, text) => {
		if (told.has(kind) || told.size >= mostKinds) return;
		told.add(kind);
		void tell(facts, text);
	};
}
