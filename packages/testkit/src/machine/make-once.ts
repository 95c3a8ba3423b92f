import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Makes a folder once, whoever else wants it at the same time. The folder is made under another name and then renamed, so that it is complete as soon as it
 * is there; a lock file keeps two processes from doing the same work, and a lock whose process is gone is taken over.
 *
 * @param make fills the folder that it is given; where it fails, nothing stays
 * @returns true where this call made the folder, false where it was there
 */
export async function makeOnce(folder: string, make: (unfinished: string) => Promise<void>): Promise<boolean> {
	if (await exists(folder)) return false;
	await mkdir(dirname(folder), { recursive: true });
	const unlock = await lock(`${folder}.lock`);
	try {
		if (await exists(folder)) return false;
		await removeUnfinished(folder);
		const unfinished = `${folder}.unfinished-${process.pid}`;
		try {
			await make(unfinished);
			await rename(unfinished, folder);
			return true;
		} catch (error) {
			await rm(unfinished, { recursive: true, force: true });
			// A lock that was taken over by mistake costs the work twice, but never the folder.
			if (await exists(folder)) return false;
			throw error;
		}
	} finally {
		await unlock();
	}
}

async function lock(path: string): Promise<() => Promise<void>> {
	for (;;) {
		try {
			const file = await open(path, "wx");
			await file.writeFile(String(process.pid));
			await file.close();
			return () => rm(path, { force: true });
		} catch (error) {
			if (!isCode(error, "EEXIST")) throw error;
		}
		if (await isAbandoned(path)) await rm(path, { force: true });
		else await wait(200);
	}
}

async function isAbandoned(path: string): Promise<boolean> {
	const content = await readFile(path, "utf8").catch(() => undefined);
	if (content === undefined) return false;
	const owner = Number(content);
	// Two calls in this process wait for each other as two processes do.
	if (content !== "" && Number.isInteger(owner)) return !isRunning(owner);
	// Just made and not written yet, or its process ended between the two.
	const madeAt = await stat(path).then(
		({ mtimeMs }) => mtimeMs,
		() => Date.now(),
	);
	return Date.now() - madeAt > 10_000;
}

/** Removes what processes left that were killed while they made the folder. */
async function removeUnfinished(folder: string): Promise<void> {
	const prefix = `${basename(folder)}.unfinished-`;
	for (const name of await readdir(dirname(folder))) {
		if (!name.startsWith(prefix)) continue;
		const owner = Number(name.slice(prefix.length));
		if (owner !== process.pid && isRunning(owner)) continue;
		// A program that such a process had started may still write there: then the next one removes it.
		await rm(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
	}
}

function isRunning(processId: number): boolean {
	try {
		process.kill(processId, 0);
		return true;
	} catch (error) {
		// Another user's process is one that runs.
		return !isCode(error, "ESRCH");
	}
}

async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && "code" in error && error.code === code;
}
