import { type AsyncGeneratorProvider, completeAttemptContext } from "@spaceport/core";
import { isRequired, type RequiredPart, type Requirement, requirement } from "./require.ts";

/**
 * What tests do that need a provider which may not be able to answer on this machine: they run where it answers, or where the part is required, in which
 * case nobody asks before.
 *
 * @param part - the part of the machine that the provider stands for
 * @param provider - asked for a single token
 * @param hint - how to make it answer, as a sentence
 */
export async function providerRequirement(part: RequiredPart, provider: AsyncGeneratorProvider, hint: string): Promise<Requirement> {
	if (isRequired(part)) return requirement(part, true, "");
	const request = { model: provider.models[0]?.id ?? "", messages: [{ role: "user", content: "Hi" }], maxTokens: 1 } as const;
	try {
		for await (const chunk of provider.createAsyncGenerator(request, completeAttemptContext())) {
			if (typeof chunk === "string" || chunk.type === "text-delta") break;
		}
		return requirement(part, true, "");
	} catch (error) {
		return requirement(part, false, `${error instanceof Error ? error.message : String(error)} ${hint}`);
	}
}
