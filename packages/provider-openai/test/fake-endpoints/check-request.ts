import type { Behaviour } from "./behaviour.ts";

/** A request as a server reads it. */
export interface ReadRequest {
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	readonly body: Readonly<Record<string, unknown>>;
}

interface Message {
	readonly content?: unknown;
	readonly name?: unknown;
}

/**
 * What an endpoint has against a request.
 *
 * @returns undefined where it takes it
 */
export function checkRequest({ body }: ReadRequest, behaviour: Behaviour): string | undefined {
	const { refuses = [], knows, stop, content, names, maxTokens = {}, streams, singleCalls, schemaKeywords = [], formats = [] } = behaviour;
	for (const field of Object.keys(body)) {
		if (refuses.includes(field) || (knows !== undefined && !knows.includes(field))) return `unexpected field ${field}`;
	}
	if (stop === "list" && body.stop !== undefined && !Array.isArray(body.stop)) return "stop: value is not a valid list";
	const messages = body.messages as readonly Message[];
	if (content === "text" && messages.some((message) => typeof message.content !== "string")) return "content must be a string";
	if (names === false && messages.some((message) => message.name !== undefined)) return "property 'name' is unsupported";
	const tokens = (body.max_tokens ?? body.max_completion_tokens) as number | undefined;
	const { least = 0, most = Infinity } = maxTokens;
	if (tokens === undefined && maxTokens.least !== undefined) return "max_tokens: field required";
	if (tokens !== undefined && (tokens < least || tokens > most)) return `max_tokens: ensure this value is from ${least} to ${most}`;
	if (streams === false && body.stream === true) return "stream: not offered";
	if (singleCalls === true && body.tools !== undefined && body.parallel_tool_calls !== false)
		return "This model only supports single tool-calls at once!";
	const schemas = JSON.stringify(body.tools ?? []);
	const keyword = schemaKeywords.find((one) => schemas.includes(`"${one}":`));
	if (keyword !== undefined) return `tools: ${keyword} is not allowed`;
	const format = body.response_format as { readonly type: "json_object"; readonly json_schema?: { readonly schema: object } } | undefined;
	if (format !== undefined && formats.includes(format.type)) return `response_format: ${format.type} is not offered`;
	if (behaviour.wantsProperties === true && format?.json_schema !== undefined && !("properties" in format.json_schema.schema)) {
		return "schema without properties";
	}
	return undefined;
}
