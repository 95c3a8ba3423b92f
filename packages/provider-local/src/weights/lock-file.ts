import lockfile from "proper-lockfile";
import { throwIfAborted, wait } from "../abort.ts";

const lookAgainMs = 250;

/**
 * Makes sure that one process at a time works on a file. A lock whose process has died is taken over after some seconds.
 *
 * @param onWait - called once where another process has the lock
 * @param onLost - called where the lock was lost, for instance because the process slept for long
 * @returns how to give it back
 */
export async function lockFile(path: string, signal: AbortSignal, onWait: () => void, onLost: () => void): Promise<() => Promise<void>> {
	let told = false;
	for (;;) {
		throwIfAborted(signal);
		try {
			const release = await lockfile.lock(path, { realpath: false, stale: 15_000, update: 3000, onCompromised: onLost });
			return () => release().catch(() => {});
		} catch (error) {
			if ((error as { code?: unknown }).code !== "ELOCKED") throw error;
			if (!told) onWait();
			told = true;
			await wait(lookAgainMs, signal);
		}
	}
}
