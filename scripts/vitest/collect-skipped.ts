import { appendFileSync } from "node:fs";

/** The environment variable through which the reporter tells the test processes where to write what they skipped. */
const skippedFile = process.env.SPACEPORT_SKIPPED_FILE;
const marker = Symbol.for("spaceport.collect-skipped");

// `requirement()` of the testkit says on stderr what it skips, once in each test process. Here the line goes to the reporter, which says it once for the run.
if (skippedFile !== undefined && !(marker in process.stderr)) {
	const write = process.stderr.write.bind(process.stderr) as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;
	Object.defineProperty(process.stderr, marker, { value: true });
	process.stderr.write = ((chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
		if (typeof chunk === "string" && /^skipped: tests that need \w+\. .*\n$/.test(chunk)) {
			appendFileSync(skippedFile, chunk);
			return true;
		}
		return write(chunk, ...rest);
	}) as typeof process.stderr.write;
}
