import type { Fetch } from "@spaceport/http";

import { look, type Sight } from "./look.ts";

/** Who can be reached, as all requests of a chain know it. */
export interface Reach {
	/**
	 * Somebody is being asked from here on.
	 *
	 * @returns called when that is over. With `true`, nobody else will be asked in their place: looks that nobody waits for any more are ended.
	 */
	enter(): (isOver: boolean) => void;
	/**
	 * Begins to look at all places at once, but for those that are being looked at, or of which it is known.
	 *
	 * @param maxMs - how long a look takes at most, in milliseconds
	 * @param isNew - a new request finds out anew who is back
	 */
	begin(maxMs: number, isNew: boolean): void;
	/**
	 * What is seen of one place: what the last look gave, or gives; else that of a new one.
	 *
	 * @param place - an origin
	 * @param maxMs - how long a new look takes at most, in milliseconds
	 */
	see(place: string, maxMs: number): Promise<Sight>;
}

/** How long a place counts as one that answers, in milliseconds. */
const reachedForMs = 60_000;
/** How long a place counts as one that does not, within a request, in milliseconds. */
const lostForMs = 30_000;

interface Look {
	readonly sight: Promise<Sight>;
	/** What came of it, and when. */
	seen?: { readonly kind: Sight["kind"]; readonly at: number };
}

/**
 * Makes the common knowledge of who can be reached. Where packets are swallowed each look costs its whole time: side by side, all of them cost that once.
 *
 * @param places - origins
 * @param fetch - sends the requests
 */
export function createReach(places: ReadonlySet<string>, fetch: Fetch): Reach {
	const looks = new Map<string, Look>();
	let asking = 0;
	let controller = new AbortController();

	function start(place: string, maxMs: number): Look {
		const { signal } = controller;
		const begun: Look = { sight: look(place, maxMs, fetch, signal) };
		looks.set(place, begun);
		begun.sight.then(
			({ kind }) => {
				begun.seen = { kind, at: performance.now() };
			},
			// It was ended, as nobody waits for it.
			() => looks.get(place) === begun && looks.delete(place),
		);
		return begun;
	}

	/** The last look at a place, where it still counts. */
	function known(place: string, isNew: boolean): Look | undefined {
		const last = looks.get(place);
		if (last?.seen === undefined) return last;
		const { kind, at } = last.seen;
		return performance.now() - at < (kind === "reached" ? reachedForMs : isNew ? 0 : lostForMs) ? last : undefined;
	}

	return {
		enter() {
			asking += 1;
			return (isOver) => {
				asking -= 1;
				if (!isOver || asking > 0) return;
				controller.abort();
				controller = new AbortController();
			};
		},
		begin(maxMs, isNew) {
			for (const place of places) if (known(place, isNew) === undefined) start(place, maxMs);
		},
		see: (place, maxMs) => (known(place, false) ?? start(place, maxMs)).sight,
	};
}
