import { parseJson } from "@spaceport/http";
import type { JsonSchema } from "../handshake/space-config.ts";

/** What `/info` says about an input or an output. */
export interface SaidValue {
	readonly component: string | undefined;
	readonly label: string | undefined;
	readonly type: JsonSchema | undefined;
	readonly pythonType: string | undefined;
	/** Only those that are the function's own. */
	readonly name: string | undefined;
	/** Undefined where nothing is said about it, as up to Gradio 4.21. */
	readonly hasDefault: boolean | undefined;
	readonly default: unknown;
}

/** What `/info` says about a function. */
export interface SaidEndpoint {
	readonly description: string | undefined;
	readonly parameters: readonly SaidValue[];
	readonly returns: readonly SaidValue[];
}

/** What `/info` says: its functions by name, without the slash, and those that have none by number. */
export interface SaidInfo {
	readonly named: ReadonlyMap<string, SaidEndpoint>;
	readonly unnamed: ReadonlyMap<number, SaidEndpoint>;
}

/**
 * Reads what came from `/info`, on any version.
 *
 * @param text - the body
 * @returns undefined where it cannot be that
 */
export function parseInfo(text: string): SaidInfo | undefined {
	const json = parseJson(text);
	if (!isRecord(json) || !isRecord(json.named_endpoints)) return undefined;
	const unnamed = isRecord(json.unnamed_endpoints) ? json.unnamed_endpoints : {};
	return {
		named: new Map(Object.entries(json.named_endpoints).flatMap(([name, said]) => readEndpoint(name.replace(/^\/+/, ""), said))),
		unnamed: new Map(Object.entries(unnamed).flatMap(([number, said]) => readEndpoint(Number(number), said))),
	};
}

function readEndpoint<Key>(key: Key, said: unknown): [Key, SaidEndpoint][] {
	if (!isRecord(said)) return [];
	const { description, parameters, returns } = said;
	const values = (list: unknown): SaidValue[] => (Array.isArray(list) ? list.map(readValue) : []);
	return [[key, { description: textOf(description), parameters: values(parameters), returns: values(returns) }]];
}

function readValue(said: unknown): SaidValue {
	const value = isRecord(said) ? said : {};
	const { parameter_name: name, parameter_has_default: hasDefault, python_type: pythonType } = value;
	return {
		component: textOf(value.component)?.toLowerCase(),
		label: textOf(value.label),
		type: isRecord(value.type) ? value.type : undefined,
		pythonType: isRecord(pythonType) ? textOf(pythonType.type) : undefined,
		name: typeof name === "string" && /^\S+$/.test(name) && !/^param_\d+$/.test(name) ? name : undefined,
		hasDefault: typeof hasDefault === "boolean" ? hasDefault : undefined,
		default: value.parameter_default,
	};
}

/** Whether something is an object with members. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that says something. */
export function textOf(value: unknown): string | undefined {
	return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
