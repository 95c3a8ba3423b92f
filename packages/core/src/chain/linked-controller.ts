/** A controller that aborts with its parent, and a way to let the parent go. */
export interface LinkedController {
	readonly controller: AbortController;
	/** Takes the listener off the parent. Must be called, or a long-lived parent would keep it for ever. */
	readonly unlink: () => void;
}

/**
 * Makes a controller below another signal. `AbortSignal.any` does the same, but its ties to a long-lived signal are only cut by the garbage collector.
 *
 * @param parent - the signal above, if there is one
 */
export function createLinkedController(parent: AbortSignal | undefined): LinkedController {
	const controller = new AbortController();
	if (parent === undefined) return { controller, unlink: () => {} };
	if (parent.aborted) {
		controller.abort(parent.reason);
		return { controller, unlink: () => {} };
	}
	const onAbort = (): void => controller.abort(parent.reason);
	parent.addEventListener("abort", onAbort, { once: true });
	return { controller, unlink: () => parent.removeEventListener("abort", onAbort) };
}
