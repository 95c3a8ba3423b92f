/** Whether a body is an HTML page, as proxies and login pages are. */
export function isHtml(body: string): boolean {
	return /^\s*(?:<!doctype html|<html|<head|<body)/i.test(body) || /^\s*<!--[\s\S]*?-->\s*<(?:!doctype|html)/i.test(body);
}

/** One issue of FastAPI's 422: where, and what. What was sent (`input`) is left out. */
export function describeIssue(issue: unknown): string {
	if (typeof issue !== "object" || issue === null) return String(issue);
	const { loc, msg } = issue as { loc?: unknown; msg?: unknown };
	return [Array.isArray(loc) ? loc.join(".") : "", typeof msg === "string" ? msg : ""].filter((part) => part !== "").join(": ");
}

/** A text as one line that is not too long. */
export function shorten(text: string): string {
	const line = text.replaceAll(/\s+/g, " ").trim();
	return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}

/** An error's words, with those of its causes: `fetch failed` alone says nothing. */
export function causeWords(error: unknown): string {
	if (error === undefined) return "";
	const parts: string[] = [];
	for (let at: unknown = error, depth = 0; at !== undefined && at !== null && depth < 4; depth += 1) {
		const text = wordsOf(at);
		const { code } = at as { code?: unknown };
		const line = typeof code === "string" && !text.includes(code) ? `${code} ${text}` : text;
		if (line !== "" && !parts.some((part) => part.includes(line))) parts.push(line);
		at = at instanceof Error ? at.cause : undefined;
	}
	return parts.join(": ");
}

/** Whatever was thrown: an object without a prototype has no words, and trying to get some throws. */
function wordsOf(thrown: unknown): string {
	try {
		return String(thrown instanceof Error ? thrown.message || thrown.name : thrown);
	} catch {
		return "";
	}
}
