import type { ProgressChunk } from "@spaceport/core";
import { formatSeconds } from "../duration.ts";
import { oneLine } from "./one-line.ts";

const barWidth = 24;

const stages: Readonly<Record<ProgressChunk["stage"], string>> = {
	started: "at work",
	downloading: "downloading the model",
	loading: "loading the model",
	waking: "waking up",
	step: "at work",
};

/**
 * How far something is, from 0 to 1.
 *
 * @returns `undefined` where it is not known
 */
export function fractionOf({ fraction, index, length }: ProgressChunk): number | undefined {
	const known = fraction ?? (index !== undefined && length !== undefined && length > 0 ? index / length : undefined);
	return known === undefined || !Number.isFinite(known) ? undefined : Math.min(1, Math.max(0, known));
}

/**
 * Progress in words, such as `downloading the model, 43 % of 98.0 MB, about 12 s left`.
 *
 * @param chunk - the progress
 * @param bar - draws a bar
 */
export function progressText(chunk: ProgressChunk, bar: boolean): string {
	const fraction = fractionOf(chunk);
	const described = chunk.description === undefined ? "" : oneLine(chunk.description);
	const parts = [described === "" ? stages[chunk.stage] : described];
	const counted = amount(chunk);
	if (fraction !== undefined) {
		const share = `${Math.floor(fraction * 100)} %`;
		parts.push(bar ? `${drawBar(fraction)} ${share}${counted}` : `${share}${counted}`);
	} else if (counted !== "") parts.push(counted.trim());
	if (chunk.etaMs !== undefined && chunk.etaMs > 0) parts.push(`about ${formatSeconds(chunk.etaMs)} left`);
	return parts.join(bar && fraction !== undefined ? "  " : ", ");
}

function amount({ unit, index, length }: ProgressChunk): string {
	if (unit === "bytes") {
		if (length !== undefined && length > 0) return ` of ${megabytes(length)}`;
		return index === undefined ? "" : ` ${megabytes(index)}`;
	}
	if (index === undefined || length === undefined) return "";
	return ` (${index} of ${length}${unit === undefined ? "" : ` ${oneLine(unit)}`})`;
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}

function drawBar(fraction: number): string {
	const done = Math.round(fraction * barWidth);
	return `${"█".repeat(done)}${"░".repeat(barWidth - done)}`;
}
