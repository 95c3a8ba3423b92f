/** What a generator of batches gives. */
export type BatchResult<Item> = IteratorResult<Item[], void>;

/**
 * What is done with batches. One of the three is called for each that is asked for, perhaps at once. They must not throw. It is how batches pass through the stages of a
 * chain: a promise a stage would cost more than all else that is done with a batch.
 */
export interface Taker<Item> {
	/**
	 * Takes a batch.
	 *
	 * @param more - asks for the next one, right where it is made: stages that have nothing to do with a batch are not asked again
	 */
	readonly take: (batch: Item[], more: () => void) => void;
	readonly end: () => void;
	readonly fail: (error: unknown) => void;
}

/**
 * Items as they came: those that were there at once are handed on in one step, so that a step's cost is shared by all of them. None is empty. A batch belongs to
 * whoever takes it, and is emptied there once it is read: a generator that waits keeps its variables, and in a crowd of streams that would be most of the memory.
 * The next one is asked for when the last one is there.
 */
export interface Batches<Item> extends AsyncIterable<Item[], void, void> {
	next(): Promise<BatchResult<Item>>;
	/** Ends them, once what is under way is there. */
	return(): Promise<unknown>;
	/** Has another one take the batches from here on, and asks for the next one. Generators have none. */
	readonly pull?: (taker: Taker<Item>) => void;
}

/** Asks for the next batch in the way that costs least. */
export function pullFrom<Item>(batches: Batches<Item>, taker: Taker<Item>): void {
	if (batches.pull === undefined) pullResults(batches, taker);
	else batches.pull(taker);
}

function pullResults<Item>(batches: Batches<Item>, { take, end, fail }: Taker<Item>): void {
	const onResult = (result: BatchResult<Item>): void => (result.done ? end() : take(result.value, more));
	const more = (): void => void batches.next().then(onResult, fail);
	more();
}

/** Where a generator that has its items in batches keeps these, for Spaceport's own packages. */
const key: unique symbol = Symbol.for("spaceport.batches");

/** What `next` gives at the end. */
export const over: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * Batches out of functions, for places where a generator would cost too much: a step of one takes several turns of the event loop's queue, and a function* inside of
 * another function makes a class of its own for each call.
 *
 * @param pull - asks for the next batch, and has another one take those that follow
 * @param end - what there is to do when they are left, if anything
 */
export function batchesWith<Item>(
	pull: NonNullable<Batches<Item>["pull"]>,
	end: Batches<Item>["return"] = async () => over,
): Batches<Item> {
	const batches: Batches<Item> = {
		pull,
		next: () => new Promise((resolve, fail) => pull({ take: (value) => resolve({ done: false, value }), end: () => resolve(over), fail })),
		return: end,
		[Symbol.asyncIterator]: () => batches as AsyncIterator<Item[], void, void>,
	};
	return batches;
}

/**
 * The batches of a generator that yields batches of its own, and others' batches in between: those are read until they end, as with `yield*`, and their failures
 * are thrown where they were yielded. A batch of others costs nothing here, where `yield*` takes three turns of the queue.
 *
 * @param steps - not begun yet
 */
export function follow<Item>(steps: AsyncGenerator<Item[] | Batches<Item>, void, void>): Batches<Item> {
	let others: Batches<Item> | undefined;
	let taker: Taker<Item>;

	function onStep({ done, value }: IteratorResult<Item[] | Batches<Item>, void>): void {
		if (done) taker.end();
		else if (Array.isArray(value)) taker.take(value, advance);
		else {
			others = value as Batches<Item>;
			advance();
		}
	}
	function onEnd(): void {
		others = undefined;
		advance();
	}
	function onFailure(error: unknown): void {
		others = undefined;
		steps.throw(error).then(onStep, taker.fail);
	}
	function advance(): void {
		if (others === undefined) steps.next().then(onStep, taker.fail);
		else pullFrom(others, { take: taker.take, end: onEnd, fail: onFailure });
	}
	return batchesWith(
		(asking) => {
			taker = asking;
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
	let taker: Taker<Item>;

	function take(batch: Item[], more: () => void): void {
		let passed: Item[];
		try {
			passed = pass(batch);
		} catch (error) {
			taker.fail(error);
			return;
		}
		if (passed.length > 0) taker.take(passed, more);
		else more();
	}
	function advance(): void {
		pullFrom(source, { take, end: taker.end, fail: taker.fail });
	}
	return batchesWith((asking) => {
		taker = asking;
		if (before === undefined) advance();
		else {
			const batch = before;
			before = undefined;
			take(batch, advance);
		}
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
		(taker) => {
			if (begun !== undefined) pullFrom(begun, taker);
			else
				begin().then((batches) => {
					begun = batches;
					pullFrom(batches, taker);
				}, taker.fail);
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
