import { asFields, asList, asText, describeIssue, type Fields, isHtml, parseJson } from "@spaceport/http";

/** What an error says of itself, in whichever form. */
export interface SaidError {
	/** Its words, all of them; empty where there are none. */
	readonly message: string;
	/** Its codes, types and reasons, in lower case. */
	readonly codes: ReadonlySet<string>;
	/** Its `code` and `type`, in lower case. */
	readonly code: string | undefined;
	readonly type: string | undefined;
	/** The status that it names, where that is one of failure. */
	readonly status: number | undefined;
	/** Which part of the request it is about. */
	readonly param: string | undefined;
	/** Numbers that it has beside its words. */
	readonly numbers: Fields;
}

/**
 * Reads the body of an error: OpenAI's `error`, Google's list, vLLM's and Mistral's flat ones, FastAPI's `detail`, RFC 7807, Cloudflare's `errors`, words alone.
 *
 * @param body - text, or parsed
 */
export function readError(body: unknown): SaidError {
	const json = typeof body === "string" ? parseJson(body) : body;
	const outer = Array.isArray(json) ? json[0] : json;
	const top = asFields(outer);
	if (top === undefined) {
		const words = typeof outer === "string" ? outer : typeof body === "string" && json === undefined && !isHtml(body) ? body : "";
		return said([words], [], {}, undefined);
	}
	const listed = asFields(asList(top.errors)?.[0]);
	const nested = asFields(top.error) ?? asFields(top.detail) ?? listed ?? asFields(asFields(top.message)) ?? {};
	const inner = asFields(nested.error) ?? {};
	const innermost = asFields(nested.innererror) ?? {};
	const metadata = asFields(nested.metadata) ?? {};
	const details = (asList(nested.details) ?? []).map(asFields);
	const words = [
		asText(nested.message) ?? asText(inner.message) ?? asText(top.error) ?? asText(asList(top.error)?.[0]) ?? asText(top.message),
		asText(nested.detail) ?? asText(nested.msg),
		detailOf(top.detail) ?? detailOf(asFields(top.message)?.detail),
		asText(top.detail) === undefined ? undefined : asText(top.title),
		asText(top.msg) ?? asText(top.error_msg) ?? asText(top.error_description) ?? asText(top.reason),
		...(asList(metadata.reasons) ?? []).map(asText),
		asText(metadata.raw) === undefined ? undefined : rawWords(metadata.raw as string),
	];
	const codes = [
		...[nested.code, nested.type, nested.status, nested.reason, inner.code, inner.type, innermost.code, metadata.error_type],
		...[top.code, top.type, top.error_code, top.error_type, top.status, asText(top.error), top.error_name],
		...details.flatMap((detail) => [detail?.reason, ...quotasOf(detail)]),
		...(metadata.raw === undefined ? [] : rawCodes(metadata.raw)),
		...(asList(metadata.reasons) === undefined ? [] : ["content_moderation"]),
	];
	return said(words, codes, { ...top, ...nested }, asText(nested.param) ?? asText(top.param));
}

function said(words: readonly (string | undefined)[], codes: readonly unknown[], fields: Fields, param: string | undefined): SaidError {
	const given = words.map((word) => word?.trim() ?? "").filter((word) => word !== "");
	const message = given.filter((word, index) => !given.some((other, at) => at < index && other.includes(word))).join(": ");
	const identifiers = codes.flatMap((code) => (typeof code === "string" || typeof code === "number" ? [String(code).toLowerCase()] : []));
	const numeric = [fields.code, fields.status, fields.status_code, fields.statusCode].map(Number).find((one) => one >= 400 && one < 600);
	return {
		message,
		codes: new Set(identifiers.filter((code) => /^[\w.:/-]+$/.test(code))),
		code: textOf(fields.code),
		type: textOf(fields.type),
		status: numeric,
		param,
		numbers: fields,
	};
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" || typeof value === "number" ? String(value).toLowerCase() : undefined;
}

/** FastAPI's: words, or a list of what is wrong where. What was sent is not repeated. */
function detailOf(detail: unknown): string | undefined {
	const issues = asList(detail);
	return issues === undefined ? asText(detail) : issues.map(describeIssue).join("; ");
}

/** The error of somebody behind a router, as text that may be JSON. */
function rawWords(raw: string): string {
	const json = asFields(parseJson(raw));
	return json === undefined ? raw : readError(json).message;
}

function rawCodes(raw: unknown): readonly string[] {
	const json = typeof raw === "string" ? asFields(parseJson(raw)) : asFields(raw);
	return json === undefined ? [] : [...readError(json).codes];
}

/** Google's names of quotas that are used up: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
function quotasOf(detail: Fields | undefined): readonly unknown[] {
	return (asList(detail?.violations) ?? []).map((violation) => asFields(violation)?.quotaId);
}
