import assert from "node:assert/strict";
import { type AsyncGeneratorProvider, completeAttemptContext, createSpaceport, isSpaceportError } from "@spaceport/core";
import type { ConformanceCase, ConformanceSubject } from "./conformance.ts";

const texts = ["The cat sleeps on the warm roof.", "Interest rates were raised by a quarter of a point.", "Bonjour !"] as const;

/**
 * What every provider must do that makes embeddings.
 *
 * @param subject - the provider under test
 */
export function embedConformance({ create, createBroken }: ConformanceSubject): readonly ConformanceCase[] {
	/** What its `embed` gives. */
	async function embed(provider: AsyncGeneratorProvider, input: readonly string[], signal?: AbortSignal): Promise<readonly Vector[]> {
		assert.equal(typeof provider.embed, "function", "it has embed");
		const model = (provider.models.find(({ embeddings }) => embeddings === true) ?? provider.models[0])?.id ?? "";
		const answer = await provider.embed?.({ model, input }, completeAttemptContext(signal && { signal }));
		return answer?.embeddings ?? [];
	}

	const cases: ConformanceCase[] = [
		{
			name: "makes embeddings in a Spaceport",
			async run() {
				const provider = await create();
				const made = await createSpaceport({ providers: [provider] }).embed({ model: provider.name, input: texts });
				assert.equal(made.embeddings.length, texts.length, "one for each text");
				assert.equal(made.provider, provider.name);
				assert.equal(made.attempts.length, 1);
			},
		},
		{
			name: "makes embeddings in the order of the texts",
			async run() {
				const provider = await create();
				const together = await embed(provider, texts);
				for (const [index, text] of texts.entries()) {
					const [alone] = await embed(provider, [text]);
					const nearest = together.map((one) => distance(alone ?? [], one));
					assert.equal(nearest.indexOf(Math.min(...nearest)), index, `the embedding of "${text}" alone is nearest to its own among others`);
				}
			},
		},
		{
			name: "throws aborted when the signal has aborted before embeddings are made",
			async run() {
				await assert.rejects(embed(await create(), texts, AbortSignal.abort(new Error("left before"))), (error: unknown) => {
					assert.ok(isSpaceportError(error, "aborted"), `the error is "aborted", and not ${String(error)}`);
					return true;
				});
			},
		},
	];
	if (createBroken !== undefined) {
		cases.push({
			name: "fails with a typed error where embeddings cannot be made",
			async run() {
				await assert.rejects(embed(await createBroken(), texts), (error: unknown) => {
					assert.ok(isSpaceportError(error), `a SpaceportError, and not ${String(error)}`);
					return true;
				});
			},
		});
	}
	return cases;
}

type Vector = readonly number[] | Float32Array;

function distance(one: Vector, other: Vector): number {
	let sum = 0;
	for (const [index, value] of one.entries()) sum += (value - (other[index] ?? Number.NaN)) ** 2;
	return sum;
}
