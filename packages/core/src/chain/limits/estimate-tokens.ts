import type { ProviderEmbedRequest } from "../../embed/embedding.ts";
import type { ChatMessage, ProviderRequest } from "../../message.ts";

/** What an image or a file counts. Providers count a few hundred to some thousands. */
const tokensOfFile = 1000;

/** About how many tokens an attempt will use. */
export interface TokenEstimate {
	readonly inputTokens: number;
	readonly outputTokens: number;
}

/** Guesses what attempts will use, and learns from those that are over. */
export interface TokenEstimator {
	estimate(request: ProviderRequest | ProviderEmbedRequest): TokenEstimate;
	/** What an answer has used. */
	learn(outputTokens: number): void;
}

/** How much an answer counts among those before it. */
const learningRate = 1 / 8;

/** Makes an estimator. An answer is taken to be as long as it may be (`maxTokens`), as providers do, else as long as the last ones were, which is 0 at first. Embeddings have no tokens. */
export function createTokenEstimator(): TokenEstimator {
	let usual: number | undefined;
	return {
		estimate: (request) =>
			"input" in request
				? { inputTokens: Math.ceil(request.input.reduce((tokens, text) => tokens + textTokens(text), 0)), outputTokens: 0 }
				: { inputTokens: estimatePromptTokens(request), outputTokens: request.maxTokens ?? Math.ceil(usual ?? 0) },
		learn(outputTokens) {
			usual = usual === undefined ? outputTokens : usual + (outputTokens - usual) * learningRate;
		},
	};
}

/**
 * About how many tokens a prompt has, without a tokenizer: a quarter of its characters, and one for each of a script with many signs. It is for limits alone,
 * and is never shown as usage.
 *
 * @param request - what is asked
 */
function estimatePromptTokens(request: ProviderRequest): number {
	let tokens = textTokens(request.system ?? "") + textTokens(asJson(request.tools));
	for (const message of request.messages) tokens += messageTokens(message);
	return Math.ceil(tokens);
}

function messageTokens({ content }: ChatMessage): number {
	if (typeof content === "string") return textTokens(content);
	let tokens = 0;
	for (const part of content) {
		if (part.type === "text") tokens += textTokens(part.text);
		else if (part.type === "tool-call") tokens += textTokens(part.name) + textTokens(part.arguments);
		else if (part.type === "tool-result") tokens += textTokens(part.result);
		else tokens += tokensOfFile;
	}
	return tokens;
}

function textTokens(text: string): number {
	let wide = 0;
	for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) >= 0x2e80) wide += 1;
	return wide + (text.length - wide) / 4;
}

function asJson(value: unknown): string {
	if (value === undefined) return "";
	try {
		return JSON.stringify(value) ?? "";
	} catch {
		return "";
	}
}
