/** Something that waits. */
export interface Queued {
	/** It waits no more. */
	isGone: boolean;
}

/** First in, first out, where any may leave: each step costs the same, however many wait. */
export interface Fifo<Item extends Queued> {
	readonly size: number;
	push(item: Item): void;
	/** The one that has waited longest. */
	first(): Item | undefined;
	/** To be called once for each item that has left, after its `isGone` was set. */
	left(): void;
	/** All of them, in order. None may come or go meanwhile. */
	[Symbol.iterator](): Iterator<Item>;
}

/** Makes an empty one. */
export function createFifo<Item extends Queued>(): Fifo<Item> {
	let items: Item[] = [];
	let start = 0;
	let size = 0;
	return {
		get size() {
			return size;
		},
		push(item) {
			items.push(item);
			size += 1;
		},
		first() {
			while (items[start]?.isGone) start += 1;
			return items[start];
		},
		left() {
			size -= 1;
			// Those that are gone are let go when they are most of it, so that each costs its share of the copying alone.
			if (items.length > 2 * size + 32 || size === 0) {
				items = items.slice(start).filter((item) => !item.isGone);
				start = 0;
			}
		},
		*[Symbol.iterator]() {
			for (let index = start; index < items.length; index += 1) {
				const item = items[index] as Item;
				if (!item.isGone) yield item;
			}
		},
	};
}
