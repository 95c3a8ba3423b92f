import type { ProgressChunk } from "@spaceport/core";

/** Tells how many bytes of how many have come. */
export type ReportBytes = (done: number) => void;

/** Turns byte counts into progress chunks, at most five a second; the last one, with everything there, always passes. */
export function throttleProgress(total: number | undefined, description: string, report: (chunk: ProgressChunk) => void): ReportBytes {
	let last = -Infinity;
	let told = -1;
	return (done) => {
		const now = performance.now();
		if (done === told || (now - last < 200 && done !== total)) return;
		last = now;
		told = done;
		report({
			type: "progress",
			stage: "downloading",
			description,
			index: done,
			...(total === undefined ? {} : { length: total }),
			unit: "bytes",
		});
	};
}
