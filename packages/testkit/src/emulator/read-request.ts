import type { IncomingMessage } from "node:http";

/** What FastAPI says about a body that it does not take. */
export interface BodyProblem {
	readonly type: string;
	readonly loc: readonly (string | number)[];
	readonly msg: string;
	readonly input: unknown;
}

/** The body of a request as JSON, or what is wrong with it. */
export type ParsedBody = { readonly fields: Readonly<Record<string, unknown>> } | { readonly problems: readonly BodyProblem[] };

/**
 * Reads a whole body; undefined where the client leaves before its end.
 *
 * @param onPart is told each part as it comes
 */
export async function readBody(request: IncomingMessage, onPart?: (part: Buffer) => void): Promise<Buffer | undefined> {
	const parts: Buffer[] = [];
	try {
		for await (const part of request) {
			parts.push(part as Buffer);
			onPart?.(part as Buffer);
		}
	} catch {
		return undefined;
	}
	return Buffer.concat(parts);
}

/** Reads a JSON object as FastAPI and pydantic do: the fields of a type that is not the right one are problems. */
export function parseBody(text: string, contentType: string | undefined, wanted: Readonly<Record<string, FieldRule>>): ParsedBody {
	if (contentType === undefined || !/^application\/([\w.+-]+\+)?json/i.test(contentType)) {
		return {
			problems: [problem("model_attributes_type", [], "Input should be a valid dictionary or object to extract fields from", text)],
		};
	}
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return { problems: [{ ...problem("json_invalid", [], "JSON decode error", {}), loc: ["body", 1] }] };
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		return {
			problems: [problem("model_attributes_type", [], "Input should be a valid dictionary or object to extract fields from", value)],
		};
	}
	const fields = value as Record<string, unknown>;
	const problems = Object.entries(wanted).flatMap(([name, rule]) => checkField(fields, name, rule));
	return problems.length > 0 ? { problems } : { fields };
}

/** What a field has to be; `?` where it may be missing or null. */
export type FieldRule = "list" | "string" | "integer" | "string?" | "integer?";

function checkField(fields: Readonly<Record<string, unknown>>, name: string, rule: FieldRule): BodyProblem[] {
	const value = fields[name];
	if (rule.endsWith("?") && (value === undefined || value === null)) return [];
	if (value === undefined) return [problem("missing", [name], "Field required", fields)];
	if (rule === "list") return Array.isArray(value) ? [] : [problem("list_type", [name], "Input should be a valid list", value)];
	if (rule.startsWith("string"))
		return typeof value === "string" ? [] : [problem("string_type", [name], "Input should be a valid string", value)];
	return toInteger(value) === undefined ? [problem("int_parsing", [name], "Input should be a valid integer", value)] : [];
}

/** An integer, or a string of one. */
export function toInteger(value: unknown): number | undefined {
	if (typeof value === "number" && Number.isInteger(value)) return value;
	return typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : undefined;
}

function problem(type: string, path: readonly string[], msg: string, input: unknown): BodyProblem {
	return { type, loc: ["body", ...path], msg, input };
}
