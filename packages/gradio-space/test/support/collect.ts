import type { Chunk } from "@spaceport/core";
import { expect } from "vitest";

/** All that a stream gives. */
export async function collect<Value>(stream: AsyncIterable<Value>): Promise<Value[]> {
	const values: Value[] = [];
	for await (const value of stream) values.push(value);
	return values;
}

/** The text that chunks make. */
export function textOf(chunks: readonly (Chunk | string)[]): string {
	let text = "";
	for (const chunk of chunks) {
		if (typeof chunk === "string") text += chunk;
		else if (chunk.type === "text-delta") text += chunk.text;
		else if (chunk.type === "text-replace") text = chunk.text;
	}
	return text;
}

/** What a stream fails with, and what to do at each of its values before. */
export async function failure(stream: AsyncIterable<unknown>, onValue: () => void = () => {}): Promise<Record<string, unknown> & Error> {
	try {
		for await (const _ of stream) onValue();
	} catch (error) {
		return error as Record<string, unknown> & Error;
	}
	expect.fail("the stream did not fail");
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Record<string, unknown> & Error> {
	return promise.then(
		() => expect.fail("it did not fail"),
		(error: unknown) => error as Record<string, unknown> & Error,
	);
}
