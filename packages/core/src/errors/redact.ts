const redacted = "[redacted]";

/** Shapes of secrets: each pattern keeps its first group and loses the rest. */
const secretPatterns: readonly RegExp[] = [
	/()\bhf_[A-Za-z0-9]{8,}/g,
	/()\b(?:sk|pk|rk|gsk|xai|nvapi|csk|pypi)[-_][A-Za-z0-9_-]{12,}/g,
	/()\bgh[pousr]_[A-Za-z0-9]{16,}/g,
	/()\bAIza[A-Za-z0-9_-]{20,}/g,
	/()\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g,
	/(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+)[^\s"',;}]+/gi,
	/(\bbearer\s+)(?=\S*[\d._~+/=-]\S)[A-Za-z0-9._~+/=-]{4,}/gi,
	/(:\/\/)[^\s/@:]+(?::[^\s/@]*)?@/g,
	/([?&](?:__sign|token|access_token|api_key|apikey|key|signature|password)=)[^&\s"'#]+/gi,
	/((?:authorization|x-hf-authorization|x-api-key|api[-_]?key|access[-_]?token|password|cookie|x-zerogpu-token)["']?\s*[:=]\s*["']?)(?!bearer\s|basic\s)[^\s"',;}]+/gi,
];

/**
 * Replaces what looks like a secret (tokens, keys, passwords in URLs, signed query parameters) by `[redacted]`.
 *
 * @param text - any text that may be shown or logged
 */
export function redact(text: string): string {
	// What other people's errors have for a message may be no text.
	let result = typeof text === "string" ? text : "";
	for (const pattern of secretPatterns) {
		result = result.replace(pattern, (match: string, kept: string) =>
			match.startsWith("://") ? `${kept}${redacted}@` : `${kept}${redacted}`,
		);
	}
	return result;
}
