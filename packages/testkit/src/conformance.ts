import assert from "node:assert/strict";
import {
	type AsyncGeneratorProvider,
	type AttemptContextInput,
	type Chunk,
	completeAttemptContext,
	createSpaceport,
	isSpaceportError,
	type ProviderRequest,
} from "@spaceport/core";
import { embedConformance } from "./embed-conformance.ts";

/** One thing that every provider must do. */
export interface ConformanceCase {
	readonly name: string;
	/** Passes, or throws what is wrong. */
	readonly run: () => Promise<void>;
}

/** The provider under test, and how it is brought into the states that the suite needs. */
export interface ConformanceSubject {
	/** Makes a provider that answers. */
	readonly create: () => AsyncGeneratorProvider | Promise<AsyncGeneratorProvider>;
	/** What to ask: it should lead to an answer of several chunks that takes long enough to be left midway. @default "Tell me a story." */
	readonly prompt?: string;
	/** Makes a provider whose server, weights or whatever it needs is broken. Without it the cases about failures are left out. */
	readonly createBroken?: () => AsyncGeneratorProvider | Promise<AsyncGeneratorProvider>;
	/** The text that the answer must have, where it is known. */
	readonly expectedText?: string;
	/** Whether it makes embeddings. Without it the cases about them are left out. */
	readonly embeds?: true;
	/**
	 * How often what stands behind the providers (a server, an engine) was asked so far. Without it the cases about what must not be asked are left out.
	 */
	readonly countAsked?: () => number;
}

/**
 * What every provider must do, as cases for any test runner.
 *
 * @param subject - the provider under test
 *
 * @example
 * ```ts
 * import { createScriptedProvider, providerConformance } from "@spaceport/testkit";
 * import { test } from "vitest";
 *
 * const subject = { create: () => createScriptedProvider({ scripts: [["once", " upon", { wait: 1 }, " a", " time"]] }) };
 * for (const { name, run } of providerConformance(subject)) test(name, run);
 * ```
 */
export function providerConformance(subject: ConformanceSubject): readonly ConformanceCase[] {
	const { prompt = "Tell me a story.", createBroken, expectedText, countAsked } = subject;

	async function ask(
		input: AttemptContextInput = {},
		provider?: AsyncGeneratorProvider,
	): Promise<AsyncGenerator<Chunk | string, void, void>> {
		const asked = provider ?? (await subject.create());
		return asked.createAsyncGenerator(requestFor(asked, prompt), completeAttemptContext(input));
	}

	const cases: ConformanceCase[] = [
		{
			name: "has a name and well-formed models",
			async run() {
				const provider = await subject.create();
				assert.match(provider.name, /^\S(.*\S)?$/, "name is a non-empty string without white space around it");
				assert.ok(Array.isArray(provider.models), "models is a list");
				const names = provider.models.flatMap((model) => [model.id, ...(model.aliases ?? [])]);
				for (const name of names) assert.ok(typeof name === "string" && name !== "", "ids and aliases are non-empty strings");
				assert.equal(new Set(names).size, names.length, `ids and aliases are unique: ${names.join(", ")}`);
			},
		},
		{
			name: "registers in a Spaceport and answers there",
			async run() {
				const provider = await subject.create();
				const spaceport = createSpaceport({ providers: [provider] });
				const completion = await spaceport.complete({ model: provider.name, messages: prompt });
				assert.notEqual(completion.text.trim(), "");
				assert.equal(completion.provider, provider.name);
				assert.equal(completion.attempts.length, 1);
				if (expectedText !== undefined) assert.equal(completion.text, expectedText);
			},
		},
		{
			name: "yields well-formed chunks, and nothing after finish",
			async run() {
				let finished = false;
				let text = "";
				for await (const chunk of await ask()) {
					assert.equal(finished, false, "nothing comes after finish");
					if (typeof chunk === "string") text += chunk;
					else if (chunk.type === "text-delta") {
						assert.notEqual(chunk.text, "", "a text delta is not empty");
						text += chunk.text;
					} else if (chunk.type === "text-replace") text = chunk.text;
					else if (chunk.type === "finish") finished = true;
					else assert.equal(typeof chunk.type, "string");
				}
				assert.ok(text.isWellFormed(), "the text has no half of a surrogate pair");
				if (expectedText !== undefined) assert.equal(text, expectedText);
			},
		},
		{
			name: "answers a conversation with a system prompt and earlier turns",
			async run() {
				const provider = await subject.create();
				const request: ProviderRequest = {
					model: provider.models[0]?.id ?? "",
					system: "Be brief.",
					messages: [
						{ role: "user", content: "My name is Ada." },
						{ role: "assistant", content: "Hello Ada." },
						{ role: "user", content: [{ type: "text", text: prompt }] },
					],
				};
				assert.notEqual(await textOf(provider.createAsyncGenerator(request, completeAttemptContext())), "");
			},
		},
		{
			name: "throws aborted when the signal has aborted before",
			async run() {
				const generator = await ask({ signal: AbortSignal.abort(new Error("left before")) });
				await assert.rejects(textOf(generator), isAborted);
			},
		},
		{
			name: "throws aborted when the signal aborts midway",
			async run() {
				const controller = new AbortController();
				const generator = await ask({ signal: controller.signal });
				await firstContent(generator);
				controller.abort(new Error("left midway"));
				await assert.rejects(textOf(generator), isAborted);
			},
		},
		{
			name: "ends when its consumer leaves the loop",
			async run() {
				const controller = new AbortController();
				const generator = await ask({ signal: controller.signal });
				await firstContent(generator);
				await generator.return();
				assert.equal((await generator.next()).done, true);
				// Whatever the call left behind must not mind an abort that comes later.
				controller.abort();
			},
		},
		{
			name: "answers again after a call that was left",
			async run() {
				const provider = await subject.create();
				const left = await ask({}, provider);
				await firstContent(left);
				await left.return();
				const text = await textOf(await ask({}, provider));
				if (expectedText === undefined) assert.notEqual(text, "");
				else assert.equal(text, expectedText);
			},
		},
		{
			name: "answers two calls at once, each with its own text",
			async run() {
				const provider = await subject.create();
				const texts = await Promise.all([textOf(await ask({}, provider)), textOf(await ask({}, provider))]);
				for (const text of texts) {
					if (expectedText === undefined) assert.notEqual(text, "");
					else assert.equal(text, expectedText);
				}
			},
		},
	];
	if (countAsked !== undefined) {
		cases.push({
			name: "asks nobody before it is read, nor when the signal has aborted before",
			async run() {
				const before = countAsked();
				const provider = await subject.create();
				const unread = await ask({}, provider);
				await assert.rejects(textOf(await ask({ signal: AbortSignal.abort() }, provider)), isAborted);
				await unread.return();
				assert.equal(countAsked(), before, "nobody was asked");
				await textOf(await ask({}, provider));
				assert.ok(countAsked() > before, "countAsked counts");
			},
		});
	}
	if (subject.embeds === true) cases.push(...embedConformance(subject));
	if (createBroken !== undefined) {
		cases.push({
			name: "fails with a typed error that says what to do or what happened",
			async run() {
				const broken = await createBroken();
				await assert.rejects(textOf(await ask({}, broken)), (error: unknown) => {
					assert.ok(isSpaceportError(error), `a SpaceportError, and not ${String(error)}`);
					assert.notEqual(error.message, "");
					assert.doesNotThrow(() => JSON.stringify(error));
					return true;
				});
			},
		});
	}
	return cases;
}

function requestFor(provider: AsyncGeneratorProvider, prompt: string): ProviderRequest {
	return { model: provider.models[0]?.id ?? "", messages: [{ role: "user", content: prompt }] };
}

async function textOf(chunks: AsyncGenerator<Chunk | string, void, void>): Promise<string> {
	let text = "";
	for await (const chunk of chunks) {
		if (typeof chunk === "string") text += chunk;
		else if (chunk.type === "text-delta") text += chunk.text;
		else if (chunk.type === "text-replace") text = chunk.text;
	}
	return text;
}

async function firstContent(chunks: AsyncGenerator<Chunk | string, void, void>): Promise<void> {
	while (true) {
		const { done, value } = await chunks.next();
		assert.notEqual(done, true, "the answer has content");
		if (typeof value === "string" || value?.type === "text-delta" || value?.type === "text-replace") return;
	}
}

function isAborted(error: unknown): boolean {
	assert.ok(isSpaceportError(error, "aborted"), `the error is "aborted", and not ${String(error)}`);
	return true;
}
