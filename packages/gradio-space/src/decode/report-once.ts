import type { Logger } from "@spaceport/core";

/** Kinds that one report is made for: a server that makes up a new kind each time does not fill the log. */
const mostKinds = 20;

/** Tells of something that was skipped: its kind, what is known about it, and the words. */
export type Report = (kind: string, facts: Readonly<Record<string, string | number>>, text: string) => void;

/**
 * Makes what tells of things that were skipped in one call: each kind of them once, and not each time.
 *
 * @param logger - where it is told
 * @param clean - takes the caller's own secrets out of what a server said
 */
export function createReport(logger: Logger, clean: (text: string) => string): Report {
	const told = new Set<string>();
	return (kind, facts, text) => {
		if (told.has(kind) || told.size >= mostKinds) return;
		told.add(kind);
		const shown = Object.entries(facts).map(([name, fact]) => [name, typeof fact === "string" ? clean(fact) : fact]);
		logger.warn(Object.fromEntries(shown), text);
	};
}
