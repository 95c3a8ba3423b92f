/**
 * What test files and the testkit take from Node's globals. The bundler imports them into those files alone, by name: the packages under test see the runtime as
 * it is.
 */
import { Buffer } from "node:buffer";

// What the package does not know.
const toText = Buffer.prototype.toString;
Buffer.prototype.toString = function (this: Buffer, encoding?: BufferEncoding, ...range: number[]): string {
	if (encoding !== "base64url") return toText.call(this, encoding, ...range);
	return toText
		.call(this, "base64", ...range)
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
};

export { Buffer };

const { setTimeout: realTimeout, clearTimeout: clearRealTimeout } = globalThis;

export const setImmediate = (callback: (...values: unknown[]) => void, ...values: unknown[]): unknown => {
	const timer = realTimeout(callback, 0, ...values);
	return timer;
};
export const clearImmediate = (timer: ReturnType<typeof realTimeout>): void => clearRealTimeout(timer);

const nothing = (): void => {};

export const process = {
	env: { NODE_ENV: "test" } as Record<string, string | undefined>,
	argv: [] as string[],
	platform: "none",
	versions: {},
	pid: 0,
	cwd: (): string => "/",
	stderr: { write: (text: string): void => console.error(text) },
	stdout: { write: (text: string): void => console.log(text) },
	on: nothing,
	off: nothing,
	once: nothing,
	emit: nothing,
	nextTick: (callback: (...values: unknown[]) => void, ...values: unknown[]): void => queueMicrotask(() => callback(...values)),
};
