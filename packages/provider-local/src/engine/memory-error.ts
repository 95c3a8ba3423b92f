import { LocalUnavailableError } from "@spaceport/core";

/**
 * Recognizes the engine's failure for want of memory.
 *
 * @param needed - what was asked for
 * @returns the error for the caller, or `undefined` where it is about something else
 */
export function memoryError(error: unknown, needed: string): LocalUnavailableError | undefined {
	if (!(error instanceof Error)) return undefined;
	// By name, because the engine's own module is not imported here; the texts are those of the native library.
	const fits =
		error.constructor.name === "InsufficientMemoryError" ||
		/insufficient memory|not enough memory|too large for the available|allocat/i.test(error.message);
	if (!fits) return undefined;
	return new LocalUnavailableError("The memory is too small for the local model.", {
		cause: error,
		needed,
		available: `${Math.floor(process.availableMemory() / 1e6)} MB`,
		hint: "Free memory, or use a smaller model, fewer contextTokens or less concurrency.",
	});
}
