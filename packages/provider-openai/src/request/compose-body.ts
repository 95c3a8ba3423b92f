import type { ProviderRequest, ResponseFormat, ToolChoice, ToolDefinition } from "@spaceport/core";
import { defined } from "@spaceport/http";

import type { Quirks } from "../quirks.ts";
import { applyQuirks, type Notes } from "./apply-quirks.ts";
import { isStrict } from "./json-schema.ts";
import type { WireBody } from "./wire.ts";
import { writeMessages } from "./write-messages.ts";

/**
 * Writes a request for the wire. What the request's `providerOptions` say under one of the names comes after all else, as it is.
 *
 * @param request - what is asked; its `metadata` is not sent
 * @param quirks - how the endpoint differs
 * @param names - what its `providerOptions` may be under; the last one that is there wins
 * @param notes - are told of what cannot be sent
 * @throws UnsupportedError, InvalidRequestError where the messages cannot be written
 */
export async function composeBody(request: ProviderRequest, quirks: Quirks, names: readonly string[], notes: Notes): Promise<WireBody> {
	const { model, temperature, topP, maxTokens, seed, tools = [], toolChoice, responseFormat, providerOptions = {} } = request;
	const stop = [request.stop ?? []].flat().filter((text) => text !== "");
	const streams = quirks.streaming !== false;
	const body = defined({
		model,
		messages: await writeMessages(request, quirks),
		stream: streams,
		stream_options: streams ? { include_usage: true } : undefined,
		temperature,
		top_p: topP,
		max_tokens: maxTokens,
		stop: stop.length === 0 ? undefined : typeof request.stop === "string" ? request.stop : stop,
		seed,
		tools: tools.length === 0 ? undefined : tools.map(writeTool),
		tool_choice: tools.length === 0 ? undefined : writeToolChoice(toolChoice),
		response_format: writeFormat(responseFormat),
	});
	const own: WireBody = Object.assign({}, ...names.map((name) => (Object.hasOwn(providerOptions, name) ? providerOptions[name] : {})));
	const written = { ...applyQuirks(body, own, quirks, notes), ...own };
	// The one is refused without the other.
	if (own.stream === false && own.stream_options === undefined) delete written.stream_options;
	return written;
}

function writeTool({ name, description, parameters }: ToolDefinition): object {
	const schema = parameters ?? { type: "object", properties: {} };
	return { type: "function", function: defined({ name, description, parameters: schema }) };
}

function writeToolChoice(choice: ToolChoice | undefined): unknown {
	return typeof choice === "object" ? { type: "function", function: { name: choice.name } } : choice;
}

function writeFormat(format: ResponseFormat | undefined): unknown {
	if (format?.type !== "json") return undefined;
	const { schema } = format;
	if (schema === undefined) return { type: "json_object" };
	// A name may have no other characters, nor more of them.
	const name = (format.name ?? "").replaceAll(/[^\w-]+/g, "_").slice(0, 64) || "answer";
	// A schema that is not of the strict kind is refused where it is said to be.
	return { type: "json_schema", json_schema: { name, schema, ...(isStrict(schema) && { strict: true }) } };
}
