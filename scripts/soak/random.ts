/** Random numbers from 0 up to 1 that are the same for the same seed. */
export function createRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** One of a list. */
export function pick<Item>(items: readonly [Item, ...Item[]], random: () => number): Item {
	return items[Math.floor(random() * items.length)] ?? items[0];
}
