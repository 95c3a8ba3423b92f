/**
 * Items as they came: those that were there at once are handed on in one step, so that a step's cost is shared by all of them. None is empty. A batch belongs to
 * whoever takes it, and is emptied there once it is read: a generator that waits keeps its variables, and in a crowd of streams that would be most of the memory.
 * The next one is asked for when the last one is there.
 */
export interface Batches<Item> extends AsyncIterable<Item[], void, void> {
	next(): Promise<IteratorResult<Item[], void>>;
	/** Ends them, once what is under way is there. */
	return(): Promise<unknown>;
}

/** Where a generator that has its items in batches keeps these, for Spaceport's own packages. */
const key: unique symbol = Symbol.for("spaceport.batches");

/** What `next` gives at the end. */
export const over: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * Batches out of functions, for places where a generator would cost too much: a step of one takes several turns of the event loop's queue, and a function* inside of
 * another function makes a class of its own for each call.
 *
 * @param next - gives the next batch
 * @param end - what there is to do when they are left, if anything
 */
export function batchesWith<Item>(next: Batches<Item>["next"], end: Batches<Item>["return"] = async () => over): Batches<Item> {
	const batches: Batches<Item> = { next, return: end, [Symbol.asyncIterator]: () => batches as AsyncIterator<Item[], void, void> };
	return batches;
}

/**
 * The batches of a generator that yields batches of its own, and others' batches in between: those are read until they end, as with `yield*`, and their failures
 * are thrown where they were yielded. A batch of others costs one step here, where `yield*` takes three.
 *
 * @param steps - not begun yet
 */
export function follow<Item>(steps: AsyncGenerator<Item[] | Batches<Item>, void, void>): Batches<Item> {
	type Result = IteratorResult<Item[], void>;
	let others: Batches<Item> | undefined;

	function onStep(result: IteratorResult<Item[] | Batches<Item>, void>): Result | Promise<Result> {
		if (result.done || Array.isArray(result.value)) return result as Result;
		others = result.value;
		return next();
	}
	function onOthers(result: Result): Result | Promise<Result> {
		if (!result.done) return result;
		others = undefined;
		return next();
	}
	function onFailure(error: unknown): Promise<Result> {
		others = undefined;
		return steps.throw(error).then(onStep);
	}
	function next(): Promise<Result> {
		return others === undefined ? steps.next().then(onStep) : others.next().then(onOthers, onFailure);
	}
	return batchesWith(next, async () => {
		const left = others;
		others = undefined;
		await left?.return();
		return steps.return();
	});
}

/**
 * Batches that begin when they are first asked for.
 *
 * @param begin - called once; what it throws is what the first call of `next` rejects with
 */
export function later<Item>(begin: () => Promise<Batches<Item>>): Batches<Item> {
	let begun: Batches<Item> | undefined;
	return batchesWith(
		() => {
			if (begun !== undefined) return begun.next();
			return begin().then((batches) => {
				begun = batches;
				return batches.next();
			});
		},
		async () => begun?.return(),
	);
}

/**
 * A generator of the items of batches, one at a time. Whoever knows of {@link batchesOf} takes the batches themselves.
 *
 * @param batches - not begun yet
 * @param isLeft - whether what came with an item is not to be given any more: the batches are asked what to do then
 */
export function ungroup<Item>(batches: Batches<Item>, isLeft: () => boolean): AsyncGenerator<Item, void, void> {
	return Object.defineProperty(itemsOf(batches, isLeft), key, { value: batches });
}

async function* itemsOf<Item>(batches: Batches<Item>, isLeft: () => boolean): AsyncGenerator<Item, void, void> {
	for await (const batch of batches) {
		for (const item of batch) {
			yield item;
			if (isLeft()) break;
		}
	}
}

/** Items that come one at a time, as batches of one. */
export async function* group<Item>(items: AsyncGenerator<Item, void, void>): Batches<Item> {
	for await (const item of items) yield [item];
}

/**
 * The batches of a generator that has some; undefined for all others. One takes either the batches or the items.
 *
 * @param generator - not begun yet
 */
export function batchesOf<Item>(generator: AsyncGenerator<Item, unknown, void>): Batches<Item> | undefined {
	return (generator as { readonly [key]?: Batches<Item> })[key];
}
