/**
 * The timers of the emulator's own machinery, taken when this module is loaded: a test that holds the clock with fake timers holds what the Space shows (heartbeats,
 * time limits), and not the server under it.
 */
export const turnOfLoop: typeof setImmediate = setImmediate;
export const realTimeout: typeof setTimeout = setTimeout;
export const clearRealTimeout: typeof clearTimeout = clearTimeout;

/** Resolves in a later turn of the event loop, after pending input and output. */
export function nextTurn(): Promise<void> {
	return new Promise((resolve) => turnOfLoop(resolve));
}
