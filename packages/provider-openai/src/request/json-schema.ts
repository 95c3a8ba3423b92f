import { asFields, asList, type Fields } from "@spaceport/http";

/** A schema that allows any object. It has `properties`, since some servers fail without. */
export const anyObject: Fields = { type: "object", properties: {}, additionalProperties: true };

/**
 * Whether a schema is of the kind that can be held to the letter: every object in it names all that it may have, and all of that must be there.
 *
 * @param schema - a JSON schema
 */
export function isStrict(schema: unknown): boolean {
	const list = asList(schema);
	if (list !== undefined) return list.every(isStrict);
	const fields = asFields(schema);
	if (fields === undefined) return true;
	const properties = asFields(fields.properties);
	if (properties !== undefined || fields.type === "object") {
		const names = Object.keys(properties ?? {});
		const required = asList(fields.required) ?? [];
		if (fields.additionalProperties !== false || !names.every((name) => required.includes(name))) return false;
	}
	return Object.entries(fields).every(([keyword, value]) =>
		isNamed(keyword) ? Object.values(asFields(value) ?? {}).every(isStrict) : isData(keyword) || isStrict(value),
	);
}

/**
 * A schema without some keywords, at any depth. What only looks like one, such as a property of that name, stays.
 *
 * @param schema - a JSON schema
 * @param keywords - those that are left out
 */
export function withoutKeywords(schema: unknown, keywords: readonly string[]): unknown {
	const list = asList(schema);
	if (list !== undefined) return list.map((item) => withoutKeywords(item, keywords));
	const fields = asFields(schema);
	if (fields === undefined) return schema;
	const kept = Object.entries(fields).filter(([keyword]) => !keywords.includes(keyword));
	return Object.fromEntries(
		kept.map(([keyword, value]) => {
			if (isData(keyword)) return [keyword, value];
			const named = isNamed(keyword) ? asFields(value) : undefined;
			if (named === undefined) return [keyword, withoutKeywords(value, keywords)];
			return [keyword, Object.fromEntries(Object.entries(named).map(([name, one]) => [name, withoutKeywords(one, keywords)]))];
		}),
	);
}

/** Whether a keyword has schemas by names of the caller's. */
function isNamed(keyword: string): boolean {
	return ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"].includes(keyword);
}

/** Whether a keyword has values, and no schemas. */
function isData(keyword: string): boolean {
	return ["enum", "const", "default", "examples", "example", "required"].includes(keyword);
}
