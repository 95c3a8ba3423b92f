import type { AttemptContext } from "@spaceport/core";
import { asFields, asList } from "@spaceport/http";

import type { Quirks } from "../quirks.ts";
import { anyObject, withoutKeywords } from "./json-schema.ts";
import type { WireBody, WireMessage } from "./wire.ts";

/** Where it is said what cannot be sent. */
export type Notes = Pick<AttemptContext, "warn" | "unsupported">;

/**
 * A request's body as an endpoint with these quirks takes it.
 *
 * @param body - as OpenAI takes it
 * @param own - what the caller says besides, of which fields that are refused are taken out
 * @param quirks - how the endpoint differs
 * @param notes - are told of what cannot be sent
 * @returns the body without `own`
 */
export function applyQuirks(body: WireBody, own: WireBody, quirks: Quirks, notes: Notes): WireBody {
	const result = { ...body };
	applyFormat(result, quirks, notes);
	if (quirks.streamUsage === false) delete result.stream_options;
	if (typeof result.stop === "string" && quirks.stopAsList === true) result.stop = [result.stop];
	if (result.max_tokens !== undefined) result.max_tokens = fitMaxTokens(result.max_tokens as number, quirks.maxTokens, notes);
	const omit = quirks.toolSchemas?.omit ?? [];
	if (omit.length > 0) {
		const tools = asList(result.tools);
		if (tools !== undefined) result.tools = tools.map((tool) => withoutToolKeywords(tool, omit));
	}
	const renamed = Object.fromEntries(Object.entries(result).map(([name, value]) => [quirks.fields?.[name] ?? name, value]));
	for (const field of quirks.refuses ?? []) {
		if (!(field in own)) continue;
		delete own[field];
		notes.warn(`${field} has no effect: it would be refused, and was not sent.`);
	}
	return { ...quirks.defaults, ...(renamed.tools !== undefined && quirks.withTools), ...renamed };
}

function fitMaxTokens(asked: number, { least = 0, most = Infinity }: NonNullable<Quirks["maxTokens"]> = {}, notes: Notes): number {
	const fitting = Math.min(Math.max(asked, least), most);
	if (fitting !== asked) notes.warn(`maxTokens is ${fitting} in place of ${asked}: no ${fitting > asked ? "fewer" : "more"} are taken.`);
	return fitting;
}

function withoutToolKeywords(tool: unknown, omit: readonly string[]): unknown {
	const { function: definition, ...rest } = tool as { readonly function: { readonly parameters: unknown } };
	return { ...rest, function: { ...definition, parameters: withoutKeywords(definition.parameters, omit) } };
}

/** JSON mode and JSON by a schema. */
function applyFormat(body: WireBody, { jsonObject, jsonSchema }: Quirks, { unsupported }: Notes): void {
	const format = asFields(body.response_format);
	if (format === undefined) return;
	const leaveOut = (message: string): void => {
		delete body.response_format;
		unsupported("responseFormat", message);
	};
	let isObject = format.type === "json_object";
	if (!isObject && jsonSchema === "refuse") leaveOut("it takes no schema for its answers.");
	else if (!isObject && jsonSchema === "object") {
		isObject = true;
		body.response_format = { type: "json_object" };
		const { schema } = asFields(format.json_schema) ?? {};
		instruct(body, `Answer with a JSON object that fits this JSON schema, and with nothing else:\n${JSON.stringify(schema)}`);
	}
	if (!isObject) return;
	if (jsonObject === "refuse") leaveOut("it has no JSON mode.");
	else if (jsonObject === "schema") body.response_format = { type: "json_schema", json_schema: { name: "answer", schema: anyObject } };
	// JSON mode is refused, or never ends, where nobody says that it is JSON that is wanted.
	if (!/json/i.test(JSON.stringify(body.messages))) instruct(body, "Answer with a JSON object, and with nothing else.");
}

/** Adds to the system prompt. */
function instruct(body: WireBody, words: string): void {
	const messages = body.messages as readonly WireMessage[];
	const [first, ...rest] = messages;
	body.messages =
		first?.role === "system" && typeof first.content === "string"
			? [{ ...first, content: `${first.content}\n\n${words}` }, ...rest]
			: [{ role: "system", content: words }, ...messages];
}
