/**
 * Items as they came: those that were there at once are handed on in one step, so that a step's cost is shared by all of them. None is empty. A batch belongs to
 * whoever takes it, and is emptied there once it is read: a generator that waits keeps its variables, and in a crowd of streams that would be most of the memory.
 */
export type Batches<Item> = AsyncGenerator<Item[], void, void>;

/** Where a generator that has its items in batches keeps these, for Spaceport's own packages. */
const key: unique symbol = Symbol.for("spaceport.batches");

/**
 * A generator of the items of batches, one at a time. Whoever knows of {@link batchesOf} takes the batches themselves.
 *
 * @param batches - not begun yet
 * @param isLeft - whether what is there is not to be given any more: the batches are asked what to do then
 */
export function ungroup<Item>(batches: Batches<Item>, isLeft: () => boolean): AsyncGenerator<Item, void, void> {
	return Object.defineProperty(itemsOf(batches, isLeft), key, { value: batches });
}

/** It stands by itself: a function* inside of another function is a class of its own for each call. */
async function* itemsOf<Item>(batches: Batches<Item>, isLeft: () => boolean): AsyncGenerator<Item, void, void> {
	for await (const batch of batches) {
		for (const item of batch) {
			if (isLeft()) break;
			yield item;
		}
	}
}

/**
 * The batches of a generator that was made by {@link ungroup}. One takes either the batches or the items.
 *
 * @param generator - not begun yet
 */
export function batchesOf<Item>(generator: AsyncGenerator<Item, void, void>): Batches<Item> {
	return (generator as unknown as { readonly [key]: Batches<Item> })[key];
}
