/** What was used within a time that moves along: at no moment more than the limit within the last `windowMs`. All times are those of one clock that never goes back. */
export interface SlidingWindow {
	readonly windowMs: number;
	/**
	 * How long until an amount fits, in milliseconds: 0 where it does now.
	 *
	 * @param amount - what is wanted; more than the whole limit fits where nothing else was used
	 * @param now - the time
	 * @param options - `before`: what others want first; `force`: `tighten` is passed over
	 */
	wait(amount: number, now: number, options?: { readonly before?: number; readonly force?: boolean }): number;
	/** Counts an amount, whether it fits or not. */
	take(amount: number, now: number): void;
	/** Less was used than was counted at a time; nothing changes where that time has left the window. */
	giveBack(amount: number, takenAt: number): void;
	/** Lets through less for a while, but 1 at least. */
	tighten(limit: number, until: number): void;
	/** Ends that while. */
	relax(): void;
}

/** Amounts that were taken between two times. They count until the later one has left the window. */
interface Entry {
	readonly from: number;
	at: number;
	amount: number;
}

/** With more entries than this, those that are close together are counted as one: its memory does not grow with the limit. */
const mostEntries = 2048;
/** How close, as a part of the window. A wait may be longer by as much: 60 ms of a minute, 84 s of a day. */
const grains = 1024;

/**
 * Makes a window.
 *
 * @param limit - how much fits into it
 * @param windowMs - how long it is, in milliseconds
 */
export function createSlidingWindow(limit: number, windowMs: number): SlidingWindow {
	let entries: Entry[] = [];
	/** Those before it have left. */
	let first = 0;
	let used = 0;
	let tight = Infinity;
	let tightUntil = 0;

	function forget(now: number): void {
		for (let entry = entries[first]; entry !== undefined && entry.at + windowMs <= now; entry = entries[first]) {
			used -= entry.amount;
			first += 1;
		}
		if (first === entries.length) {
			entries = [];
			first = 0;
			used = 0;
		} else if (entries.length - first > mostEntries) {
			entries = merge(entries.slice(first), windowMs / grains);
			first = 0;
		} else if (first > mostEntries) {
			entries = entries.slice(first);
			first = 0;
		}
	}

	/** How long until it fits, were the limit `most`. What is beyond the limit begins a window after that which it follows by the limit. */
	function waitWithin(most: number, amount: number, now: number, before: number): number {
		if (most === Infinity) return 0;
		const wanted = before + Math.min(amount, most);
		const rounds = Math.max(0, Math.ceil(wanted / most) - 1);
		let missing = used + (wanted - rounds * most) - most;
		let wait = rounds === 0 ? 0 : rounds * windowMs;
		for (let index = first; missing > 0 && index < entries.length; index += 1) {
			const entry = entries[index] as Entry;
			missing -= entry.amount;
			if (missing <= 0) wait += entry.at + windowMs - now;
		}
		return wait;
	}

	return {
		windowMs,
		wait(amount, now, { before = 0, force = false } = {}) {
			forget(now);
			if (force || tight >= limit) return waitWithin(limit, amount, now, before);
			const whileTight = waitWithin(tight, amount, now, before);
			if (whileTight < tightUntil - now) return whileTight;
			return Math.max(tightUntil - now, waitWithin(limit, amount, now, before));
		},
		take(amount, now) {
			forget(now);
			used += amount;
			const last = entries.at(-1);
			if (last?.at === now) last.amount += amount;
			else if (amount > 0) entries.push({ from: now, at: now, amount });
		},
		giveBack(amount, takenAt) {
			const entry = entries[indexOf(entries, takenAt, first)];
			if (entry === undefined || entry.from > takenAt) return;
			const less = Math.min(amount, entry.amount);
			entry.amount -= less;
			used -= less;
		},
		tighten(less, until) {
			tight = less;
			tightUntil = until;
		},
		relax() {
			tight = Infinity;
		},
	};
}

/** Neighbours within a grain become one, at the later time: nothing leaves earlier than it may. */
function merge(entries: readonly Entry[], grain: number): Entry[] {
	const merged: Entry[] = [];
	for (const entry of entries) {
		const last = merged.at(-1);
		if (last !== undefined && entry.at - last.from <= grain) {
			last.at = entry.at;
			last.amount += entry.amount;
		} else merged.push({ ...entry });
	}
	return merged;
}

/** Where the entry is that holds what was taken at a time: the first that ends no earlier. */
function indexOf(entries: readonly Entry[], time: number, first: number): number {
	let low = first;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((entries[middle] as Entry).at < time) low = middle + 1;
		else high = middle;
	}
	return low;
}
