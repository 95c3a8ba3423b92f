import { completeAttemptContext } from "../../attempt-context.ts";
import type { SpaceportError } from "../../errors/spaceport-error.ts";
import { TimeoutError } from "../../errors/timeout-error.ts";
import { abortedError } from "../../errors/to-aborted-error.ts";
import { toSpaceportError } from "../../errors/to-spaceport-error.ts";
import type { AsyncGeneratorProvider, AttemptContextInput } from "../../provider.ts";
import type { Timeouts } from "../deadlines.ts";
import { createLinkedController } from "../linked-controller.ts";
import { createWatchdog } from "../watchdog.ts";

/** How a provider is looked at. */
export interface ProbeLook {
	/** The name that it is registered under. */
	readonly name: string;
	readonly provider: AsyncGeneratorProvider;
	/** The limits that hold for it: it has `connectMs` to answer. */
	readonly deadlines: Timeouts;
	readonly context: AttemptContextInput;
	readonly signal: AbortSignal | undefined;
}

/**
 * Looks at a provider by its `probe`.
 *
 * @param look - whom, and within which time
 * @returns why it is not well; undefined where it is
 * @throws AbortedError when the signal aborts
 */
export async function probeProvider({ name, provider, deadlines, context, signal }: ProbeLook): Promise<SpaceportError | undefined> {
	if (signal?.aborted) throw abortedError(signal.reason);
	const { connectMs } = deadlines;
	const { controller, unlink } = createLinkedController(signal);
	const deadline = createWatchdog(() => {
		const message = `The probe of "${name}" was not done after ${connectMs} ms.`;
		controller.abort(
			new TimeoutError(message, { phase: "connect", afterMs: connectMs, hint: "Raise timeouts.connectMs.", provider: name }),
		);
	});
	// A probe may be deaf to its signal.
	const ended = new Promise<never>((_, reject) => {
		controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
	});
	try {
		deadline.watch(connectMs);
		const full = completeAttemptContext({ ...context, signal: controller.signal, deadlines });
		await Promise.race([provider.probe?.(full), ended]);
		return undefined;
	} catch (thrown) {
		if (signal?.aborted) throw abortedError(signal.reason);
		const { aborted, reason } = controller.signal;
		return toSpaceportError(aborted ? reason : thrown, name);
	} finally {
		deadline.stop();
		unlink();
	}
}
