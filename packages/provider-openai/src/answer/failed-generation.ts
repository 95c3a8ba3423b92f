import type { ToolDefinition } from "@spaceport/core";
import { asFields, asList, asText, type Fields, parseJson } from "@spaceport/http";

/** A call of a tool, as it was written. */
export interface WrittenCall {
	readonly name: string;
	/** JSON text. */
	readonly arguments: string;
}

/**
 * The calls of tools that a model has written and its server could not read: they stand in the error as `failed_generation`, as `<function=name>{…}</function>`,
 * `<tool_call>{…}</tool_call>` or JSON.
 *
 * @param body - the error, as text or parsed
 * @param tools - those that the request has
 * @returns undefined where not all of it is calls of these tools
 */
export function readFailedGeneration(body: unknown, tools: readonly ToolDefinition[]): readonly WrittenCall[] | undefined {
	const error = asFields(asFields(typeof body === "string" ? parseJson(body) : body)?.error);
	const written = asText(error?.failed_generation)?.trim() ?? "";
	const calls = readTags(written) ?? readValues(written);
	if (calls === undefined || calls.length === 0) return undefined;
	return calls.every(({ name }) => tools.some((tool) => tool.name === name)) ? calls : undefined;
}

const functionTag = /<function=([\w.-]+)>?\s*(\{[\s\S]*?\})\s*(?:<\/function>|$)/g;
const callTag = /<tool_call>\s*([\s\S]*?)\s*(?:<\/tool_call>|$)/g;

function readTags(written: string): readonly WrittenCall[] | undefined {
	const functions = [...written.matchAll(functionTag)].map(([, name = "", text = ""]) => ({ name, arguments: text }));
	if (functions.length > 0) return functions.every((call) => parseJson(call.arguments) !== undefined) ? functions : undefined;
	const calls = [...written.matchAll(callTag)].map(([, text = ""]) => readValues(text));
	return calls.length > 0 && calls.every((call) => call !== undefined) ? calls.flat() : undefined;
}

function readValues(written: string): readonly WrittenCall[] | undefined {
	const json = parseJson(written);
	const list = asList(json) ?? asList(asFields(json)?.tool_calls) ?? [json];
	const calls = list.map((item) => readCall(asFields(item)));
	return calls.every((call) => call !== undefined) ? calls : undefined;
}

function readCall(item: Fields | undefined): WrittenCall | undefined {
	const call = asFields(item?.function) ?? item;
	const name = asText(call?.name);
	if (name === undefined || name === "") return undefined;
	const given = call?.arguments ?? call?.parameters ?? {};
	return { name, arguments: typeof given === "string" ? given : JSON.stringify(given) };
}
