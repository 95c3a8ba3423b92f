import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import type { DownloadableModel } from "../downloadable-model.ts";

/**
 * Compares a file with a model's size and checksum.
 *
 * @returns what is wrong with it, or `undefined` where nothing is
 */
export async function findFault(path: string, model: DownloadableModel, signal: AbortSignal): Promise<string | undefined> {
	const { size } = await stat(path);
	if (size !== model.bytes) return `it has ${size} bytes instead of ${model.bytes}`;
	const hash = createHash("sha256");
	for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20, signal })) hash.update(bytes as Uint8Array);
	const sum = hash.digest("hex");
	return sum === model.sha256 ? undefined : `its SHA-256 is ${sum} instead of ${model.sha256}`;
}

/**
 * Says what is wrong with a file in the cache. A file that was found to be right is not hashed again while its size and time of change stay:
 * a note beside it says so.
 *
 * @returns `missing`, or what is wrong, or `undefined` where nothing is
 */
export async function findCacheFault(path: string, model: DownloadableModel, signal: AbortSignal): Promise<string | undefined> {
	const found = await stat(path).catch(() => undefined);
	if (found === undefined) return "missing";
	const note = noteText(found, model);
	if ((await readFile(notePath(path), "utf8").catch(() => "")) === note) return undefined;
	const fault = await findFault(path, model, signal);
	if (fault === undefined) await writeFile(notePath(path), note).catch(() => {});
	return fault;
}

/** Notes that a file was found to be right. */
export async function noteVerified(path: string, model: DownloadableModel): Promise<void> {
	await writeFile(notePath(path), noteText(await stat(path), model)).catch(() => {});
}

function notePath(path: string): string {
	return `${path}.verified`;
}

function noteText(found: { readonly size: number; readonly mtimeMs: number }, model: DownloadableModel): string {
	return `${JSON.stringify({ sha256: model.sha256, size: found.size, mtimeMs: found.mtimeMs, wanted: model.bytes })}\n`;
}
