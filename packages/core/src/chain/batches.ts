/** What there is instead of a further batch: a batch, or the end. */
export type BatchResult<Item> = IteratorResult<Item[], void>;

/**
 * Asks for the next batch: one of the two functions is called with what came, once, and perhaps at once. They must not throw. It is how batches pass through the
 * stages of a chain: a promise a stage would cost more than all else that is done with a batch.
 */
export type Pull<Item> = (take: (result: BatchResult<Item>) => void, fail: (error: unknown) => void) => void;

/**
 * Items as they came: those that were there at once are handed on in one step, so that a step's cost is shared by all of them. None is empty. A batch belongs to
 * whoever takes it, and is emptied there once it is read: a generator that waits keeps its variables, and in a crowd of streams that would be most of the memory.
 * The next one is asked for when the last one is there.
 */
export interface Batches<Item> extends AsyncIterable<Item[], void, void> {
	next(): Promise<BatchResult<Item>>;
	/** Ends them, once what is under way is there. */
	return(): Promise<unknown>;
	/** As `next`, without a promise. Generators have none. */
	readonly pull?: Pull<Item>;
}

/** Asks for the next batch in the way that costs least. */
export function pullFrom<Item>(batches: Batches<Item>, ...handlers: Parameters<Pull<Item>>): void {
	if (batches.pull === undefined) batches.next().then(...handlers);
	else batches.pull(...handlers);
}

/** Where a generator that has its items in batches keeps these, for Spaceport's own packages. */
const key: unique symbol = Symbol.for("spaceport.batches");

/** What `next` gives at the end. */
export const over: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * Batches out of functions, for places where a generator would cost too much: a step of one takes several turns of the event loop's queue, and a function* inside of
 * another function makes a class of its own for each call.
 *
 * @param pull - gives the next batch
 * @param end - what there is to do when they are left, if anything
 */
export function batchesWith<Item>(pull: Pull<Item>, end: Batches<Item>["return"] = async () => over): Batches<Item> {
	const batches: Batches<Item> = {
		pull,
		next: () => new Promise(pull),
		return: end,
		[Symbol.asyncIterator]: () => batches as AsyncIterator<Item[], void, void>,
	};
	return batches;
}

/**
 * The batches of a generator that yields batches of its own, and others' batches in between: those are read until they end, as with `yield*`, and their failures
 * are thrown where they were yielded. A batch of others costs next to nothing here, where `yield*` takes three turns of the queue.
 *
 * @param steps - not begun yet
 */
export function follow<Item>(steps: AsyncGenerator<Item[] | Batches<Item>, void, void>): Batches<Item> {
	let others: Batches<Item> | undefined;
	let take: (result: BatchResult<Item>) => void;
	let fail: (error: unknown) => void;

	function onStep(result: IteratorResult<Item[] | Batches<Item>, void>): void {
		if (result.done || Array.isArray(result.value)) take(result as BatchResult<Item>);
		else {
			others = result.value;
			advance();
		}
	}
	function onOthers(result: BatchResult<Item>): void {
		if (!result.done) take(result);
		else {
			others = undefined;
			advance();
		}
	}
	function onFailure(error: unknown): void {
		others = undefined;
		steps.throw(error).then(onStep, fail);
	}
	function advance(): void {
		if (others === undefined) steps.next().then(onStep, fail);
		else pullFrom(others, onOthers, onFailure);
	}
	return batchesWith(
		(onResult, onError) => {
			take = onResult;
			fail = onError;
			advance();
		},
		async () => {
			const left = others;
			others = undefined;
			await left?.return();
			return steps.return();
		},
	);
}

/**
 * Batches that something is done with on their way.
 *
 * @param source - where they come from
 * @param pass - makes of each what is handed on; nothing is where that is empty
 * @param first - one that was taken from the source already
 */
export function through<Item>(source: Batches<Item>, pass: (batch: Item[]) => Item[], first: Item[]): Batches<Item> {
	let before: Item[] | undefined = first;
	let take: (result: BatchResult<Item>) => void;
	let fail: (error: unknown) => void;

	function onResult(result: BatchResult<Item>): void {
		if (result.done) {
			take(result);
			return;
		}
		let batch: Item[];
		try {
			batch = pass(result.value);
		} catch (error) {
			fail(error);
			return;
		}
		if (batch === result.value) take(result);
		else if (batch.length > 0) take({ done: false, value: batch });
		else pullFrom(source, onResult, fail);
	}
	return batchesWith((onBatch, onError) => {
		take = onBatch;
		fail = onError;
		if (before === undefined) {
			pullFrom(source, onResult, onError);
			return;
		}
		const value = before;
		before = undefined;
		onResult({ done: false, value });
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
		(take, fail) => {
			if (begun !== undefined) pullFrom(begun, take, fail);
			else
				begin().then((batches) => {
					begun = batches;
					pullFrom(batches, take, fail);
				}, fail);
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
