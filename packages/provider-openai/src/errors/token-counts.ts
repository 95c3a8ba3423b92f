import { asNumber } from "@spaceport/http";

import type { SaidError } from "./read-error.ts";

/** How many tokens fit, and how many there were. */
export interface TokenCounts {
	readonly limit?: number | undefined;
	readonly requested?: number | undefined;
}

const number = "(\\d[\\d,]*)";

const limits: readonly RegExp[] = [
	`maximum (?:context|model) length (?:is|of) ${number}`,
	`with ${number} maximum context length`,
	`available context size \\(${number}`,
	`number of tokens (?:allowed )?\\(${number}`,
	`max size: ${number} tokens`,
	`context length of (?:only )?${number}`,
	`must be <= ${number}`,
	`${number} maximum`,
	`> ${number}`,
	`context (?:length|size|window) (?:is|of) ${number}`,
	`\\(${number} (?:tokens? )?max`,
].map((text) => new RegExp(text, "i"));

const requests: readonly RegExp[] = [
	`(?:resulted in|requested(?: about)?|contains|has|is too long:|given:) ${number} (?:input )?tokens`,
	`(?:prompt|input|request) \\((?:length )?${number}(?: tokens)?\\)`,
	`input token count \\(${number}`,
	`prompt contains ${number}`,
	`given: ${number}`,
	`${number} (?:input |prompt )?tokens (?:>|exceed)`,
].map((text) => new RegExp(text, "i"));

/**
 * How many tokens an error about the length of a conversation names. Only numbers that stand where the words say what they are count.
 *
 * @param error - what it says
 */
export function readTokenCounts({ message, numbers }: SaidError): TokenCounts {
	return {
		limit: asNumber(numbers.n_ctx) ?? find(limits, message),
		requested: asNumber(numbers.n_prompt_tokens) ?? find(requests, message),
	};
}

function find(patterns: readonly RegExp[], text: string): number | undefined {
	for (const pattern of patterns) {
		const found = pattern.exec(text)?.[1];
		if (found !== undefined) return Number(found.replaceAll(",", ""));
	}
	return undefined;
}
