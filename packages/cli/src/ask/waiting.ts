import type { Surroundings } from "../surroundings.ts";

/**
 * Does what knows nothing of the user's wish to stop, such as a configuration that is a program, and leaves it behind where that wish comes.
 *
 * @param signal - the wish
 * @param action - what is to be done
 * @throws the signal's reason
 */
export async function unlessStopped<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
	signal.throwIfAborted();
	let stop = (): void => {};
	const stopped = new Promise<never>((_, reject) => {
		stop = () => reject(signal.reason);
		signal.addEventListener("abort", stop, { once: true });
	});
	try {
		return await Promise.race([action(), stopped]);
	} finally {
		signal.removeEventListener("abort", stop);
	}
}

/**
 * Waits for work, and says so where it can never end: nothing goes on in the process any more, and the work is not done. Node would end the process with a
 * warning about this command's own code.
 *
 * @param work - such as a factory's promise that nobody settles
 * @param surroundings - the process
 * @throws Error where the work is stuck
 */
export async function unlessStuck<Result>(work: Promise<Result>, surroundings: Pick<Surroundings, "once" | "off">): Promise<Result> {
	let onIdle = (): void => {};
	const stuck = new Promise<never>((_, reject) => {
		onIdle = () =>
			reject(new Error("Nothing goes on any more, and there is no answer: a provider or the configuration awaits what never comes."));
		surroundings.once("beforeExit", onIdle);
	});
	try {
		return await Promise.race([work, stuck]);
	} finally {
		surroundings.off("beforeExit", onIdle);
	}
}
