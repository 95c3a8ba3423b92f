import type { AttemptContext, ProviderRequest } from "@spaceport/core";
import type { LlamaGrammar } from "node-llama-cpp";
import type { Engine } from "../engine/load-engine.ts";
import { inOneLine } from "../weights/source-error.ts";

/** The grammar that holds the answer to JSON, where that is asked for. A schema that the engine cannot follow is left out, with a warning. */
export async function jsonGrammar(
	engine: Engine,
	request: ProviderRequest,
	unsupported: AttemptContext["unsupported"],
): Promise<LlamaGrammar | undefined> {
	if (request.responseFormat?.type !== "json") return undefined;
	const { schema } = request.responseFormat;
	if (schema === undefined) return engine.llama.getGrammarFor("json");
	const ignored = unknownKeywords(schema);
	if (ignored.length > 0)
		unsupported("responseFormat", `responseFormat is enforced in part; of the JSON schema these are not: ${ignored.join(", ")}.`);
	try {
		return await engine.llama.createGrammarForJsonSchema(schema as Parameters<typeof engine.llama.createGrammarForJsonSchema>[0]);
	} catch (error) {
		unsupported("responseFormat", `responseFormat is JSON of any form, since the schema cannot be enforced: ${inOneLine(error)}`);
		return engine.llama.getGrammarFor("json");
	}
}

/** Keywords that the engine's grammar follows, and those that only describe. */
const known = new Set([
	"type",
	"properties",
	"required",
	"additionalProperties",
	"items",
	"prefixItems",
	"minItems",
	"maxItems",
	"minLength",
	"maxLength",
	"minProperties",
	"maxProperties",
	"enum",
	"const",
	"oneOf",
	"anyOf",
	"$ref",
	"$defs",
	"description",
	"title",
	"$schema",
	"$id",
	"format",
	"default",
	"examples",
]);

function unknownKeywords(schema: Readonly<Record<string, unknown>>): string[] {
	const found = new Set<string>();
	const visit = (node: unknown): void => {
		if (typeof node !== "object" || node === null || Array.isArray(node)) return;
		for (const [keyword, value] of Object.entries(node)) {
			if (!known.has(keyword)) found.add(keyword);
			if (keyword === "properties" || keyword === "$defs") for (const member of Object.values(value ?? {})) visit(member);
			else if (keyword === "items" || keyword === "additionalProperties") visit(value);
			else if (Array.isArray(value)) for (const member of value) if (keyword !== "enum" && keyword !== "examples") visit(member);
		}
	};
	visit(schema);
	return [...found];
}
