import type { SpaceportError } from "../../errors/spaceport-error.ts";
import { createFifo, type Fifo, type Queued } from "./fifo.ts";

/** One that waits for a slot. */
export interface Waiting extends Queued {
	/** Given by the queue. */
	id: string;
	readonly priority: number;
	/** The tokens that it is charged for. */
	readonly tokens: number;
	/** The longest wait, in milliseconds, that it takes where it is known. */
	readonly maxWaitMs: number;
	/** How long it heeds what the provider said: what would keep it longer is passed over. */
	readonly heedMs: number;
	/** Ends its wait with an error. */
	readonly fail: (error: SpaceportError) => void;
	/** Starts it; set by the queue. */
	run: () => Promise<unknown>;
}

/** How much is before somebody in the line. */
export interface Ahead {
	readonly count: number;
	readonly tokens: number;
}

/**
 * Who waits for a provider, and whose turn is next: the highest priority, and among equals the one that asked first. After nine turns in which somebody was
 * overtaken, the tenth is that of whoever has waited longest, so that a low priority waits long, but not for ever.
 */
export interface WaitingLine {
	readonly size: number;
	add(waiting: Waiting): void;
	/** Whose turn is next. It stays in the line. */
	peek(): Waiting | undefined;
	/** Whose turn is next of those who may pass over what the provider said, and of whom something else is true. */
	peekForced(goes: (waiting: Waiting) => boolean): Waiting | undefined;
	/** Takes out whose turn it is. */
	take(waiting: Waiting): void;
	/** Takes out one that does not want to wait any more. */
	remove(id: string): void;
	/** How much comes before one of a priority that asks now. */
	ahead(priority: number): Ahead;
	/** All that wait, those that asked first before others. */
	all(): Iterable<Waiting>;
}

/** How often in a row somebody is overtaken. */
const mostOvertakings = 9;

interface Level {
	readonly priority: number;
	readonly waiting: Fifo<Waiting>;
	tokens: number;
}

/** Makes an empty line. */
export function createWaitingLine(): WaitingLine {
	const byId = new Map<string, Waiting>();
	const everybody = createFifo<Waiting>();
	/** The highest first; none is empty. */
	const levels: Level[] = [];
	let overtakings = 0;
	let forced = 0;

	function peek(): Waiting | undefined {
		const preferred = levels[0]?.waiting.first();
		return overtakings < mostOvertakings ? preferred : everybody.first();
	}

	/** Where the level of a priority is, or belongs. */
	function indexOf(priority: number): number {
		let low = 0;
		let high = levels.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((levels[middle] as Level).priority > priority) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	function takeOut(waiting: Waiting): void {
		const index = indexOf(waiting.priority);
		const level = levels[index] as Level;
		waiting.isGone = true;
		byId.delete(waiting.id);
		everybody.left();
		level.waiting.left();
		level.tokens -= waiting.tokens;
		if (level.waiting.size === 0) levels.splice(index, 1);
		if (waiting.heedMs < Infinity) forced -= 1;
	}

	return {
		get size() {
			return everybody.size;
		},
		add(waiting) {
			const index = indexOf(waiting.priority);
			let level = levels[index];
			if (level?.priority !== waiting.priority) {
				level = { priority: waiting.priority, waiting: createFifo(), tokens: 0 };
				levels.splice(index, 0, level);
			}
			level.waiting.push(waiting);
			level.tokens += waiting.tokens;
			everybody.push(waiting);
			byId.set(waiting.id, waiting);
			if (waiting.heedMs < Infinity) forced += 1;
		},
		peek,
		peekForced(goes) {
			if (forced === 0) return undefined;
			for (const level of levels) for (const waiting of level.waiting) if (waiting.heedMs < Infinity && goes(waiting)) return waiting;
			return undefined;
		},
		take(waiting) {
			overtakings = waiting === everybody.first() ? 0 : overtakings + 1;
			takeOut(waiting);
		},
		remove(id) {
			const waiting = byId.get(id);
			if (waiting !== undefined) takeOut(waiting);
		},
		ahead(priority) {
			let count = 0;
			let tokens = 0;
			for (const level of levels) {
				if (level.priority < priority) break;
				count += level.waiting.size;
				tokens += level.tokens;
			}
			return { count, tokens };
		},
		all: () => everybody,
	};
}
