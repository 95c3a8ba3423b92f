import { asNumber } from "@spaceport/http";

import type { SaidError } from "./read-error.ts";

/** How many tokens fit, and how many there were. */
export interface TokenCounts {
	readonly limit?: number | undefined;
	readonly requested?: number | undefined;
}

const number = "(\\d[\\d,]*)";

const limits: readonly RegExp[] = [
	`maximum (?:supported )?(?:context|model|prompt|sequence) length(?: is| of|:)(?: just)? ${number}`,
	`with ${number} maximum context length`,
	`available context size \\(${number}`,
	`number of tokens (?:allowed )?\\(${number}`,
	`max(?: size:)? ${number} tokens`,
	`less than ${number} tokens`,
	`token limit: ${number}`,
	`limit (?:is|of) ${number}`,
	`cannot exceed ${number}`,
	`should be \\[\\d+, ?${number}\\]`,
	`max_seq_len \\(${number}`,
	`context length of (?:only )?${number}`,
	`must be <= ${number}`,
	`${number} maximum`,
	`> ${number}`,
	`context (?:length|size|window)(?: limit)?(?: is| of)? \\(?${number}`,
	`\\(${number} (?:tokens? )?max`,
].map((text) => new RegExp(text, "i"));

const requests: readonly RegExp[] = [
	`(?:resulted in|requested(?: about| a total of)?|contains|has|is too long:|given:) ${number} (?:input )?tokens`,
	`(?:prompt|input|request) \\((?:length )?${number}(?: tokens)?\\)`,
	`input token count \\(${number}`,
	`prompt contains ${number}`,
	`(?:given|requested|is too long): ${number}`,
	`current length is ${number}`,
	`token count of ${number}`,
	`received ${number}`,
	`(?:input length|prompt length|prompt_tokens|output tokens) \\(?${number}`,
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
