import { getEventListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

/** What this process holds. */
export interface Holding {
	readonly heapBytes: number;
	readonly rssBytes: number;
	/** How many there are of each kind: timers, sockets, pipes. */
	readonly handles: Readonly<Record<string, number>>;
	/** Listeners on the signal that calls shared. */
	readonly listeners: number;
}

const collect = (globalThis as { readonly gc?: () => void }).gc;

/** What is held now, without what the garbage collector can take. */
export function holding(shared: AbortSignal): Holding {
	if (collect === undefined) throw new Error("Start it with --expose-gc.");
	collect();
	const { heapUsed, rss } = process.memoryUsage();
	const handles: Record<string, number> = {};
	for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
	return { heapBytes: heapUsed, rssBytes: rss, handles, listeners: getEventListeners(shared, "abort").length };
}

/** What is held when all has come to rest: connections that are kept for another request are closed after a while, and finalizers have run. */
export async function holdingAtRest(shared: AbortSignal): Promise<Holding> {
	let held = holding(shared);
	for (let calm = 0, rounds = 0; calm < 3 && rounds < 40; rounds += 1) {
		await wait(500);
		const now = holding(shared);
		const sockets = now.handles.TCPSocketWrap ?? 0;
		calm = sockets === 0 && Math.abs(now.heapBytes - held.heapBytes) < 50_000 ? calm + 1 : 0;
		held = now;
	}
	return held;
}

/** By how much a series of figures grows from its first to its last, as a straight line through all of them. */
export function growth(figures: readonly number[]): number {
	const count = figures.length;
	if (count < 3) return 0;
	const middle = (count - 1) / 2;
	const mean = figures.reduce((sum, figure) => sum + figure, 0) / count;
	let above = 0;
	let below = 0;
	for (const [index, figure] of figures.entries()) {
		above += (index - middle) * (figure - mean);
		below += (index - middle) ** 2;
	}
	return (above / below) * (count - 1);
}
