import { defaultTimeouts, didYouMean, InvalidRequestError, type LimitOptions } from "@spaceport/core";

import type { KnownEndpointOptions } from "./endpoints/fill-options.ts";
import type { OpenAICompatibleOptions } from "./options.ts";
import type { Quirks } from "./quirks.ts";

type OptionName = keyof OpenAICompatibleOptions | keyof KnownEndpointOptions;

/** The compiler sees to it that none is missing. */
const optionNames: Readonly<Record<OptionName, true>> = {
	endpoint: true,
	name: true,
	baseUrl: true,
	apiKey: true,
	apiKeys: true,
	account: true,
	plan: true,
	models: true,
	otherModels: true,
	headers: true,
	quirks: true,
	limits: true,
	timeouts: true,
	fetch: true,
	logger: true,
};

/** The compiler sees to it that none is missing. */
const quirkNames: Readonly<Record<keyof Quirks, true>> = {
	lacks: true,
	refuses: true,
	fields: true,
	defaults: true,
	withTools: true,
	maxTokens: true,
	stopAsList: true,
	content: true,
	names: true,
	streaming: true,
	streamUsage: true,
	toolSchemas: true,
	jsonObject: true,
	jsonSchema: true,
	reasoning: true,
	emptyAnswers: true,
	usage: true,
	otherModel: true,
	routers: true,
	answerInReasoning: true,
	failedGeneration: true,
	keyHeader: true,
	userAgent: true,
	errors: true,
	modelList: true,
	embeddingInputs: true,
	probe: true,
};

const limitNames: Readonly<Record<keyof LimitOptions, true>> = {
	concurrency: true,
	intervalCap: true,
	intervalMs: true,
	queueSize: true,
	requestsPerMinute: true,
	requestsPerDay: true,
	tokensPerMinute: true,
	tokensPerDay: true,
};

type Options = Readonly<Record<string, unknown>>;

/** Quirks that are lists. */
const lists = ["lacks", "refuses", "emptyAnswers", "routers", "errors"] as const satisfies readonly (keyof Quirks)[];

/**
 * Looks at what options are made of, which JavaScript lets be anything. What a name, an address or a key has in it is looked at where the options are completed.
 *
 * @param options - the caller's
 * @throws InvalidRequestError that names the option and its value
 */
export function checkOptions(options: unknown): void {
	if (!isRecord(options)) throw new InvalidRequestError("The options must be an object.", { path: "options" });
	for (const name of Object.keys(options)) {
		if (Object.hasOwn(optionNames, name)) continue;
		throw new InvalidRequestError(`${name} is not an option.${didYouMean(name, Object.keys(optionNames))}`, {
			path: name,
			hint: `The options are ${Object.keys(optionNames).join(", ")}.`,
		});
	}
	const { models, headers, quirks, timeouts, limits, otherModels, account, fetch } = options;
	if (models !== undefined && !Array.isArray(models)) throw wrong("models", models, "a list of ids");
	for (const [index, model] of ((models ?? []) as readonly unknown[]).entries()) {
		const id = isRecord(model) ? model.id : model;
		if (typeof id !== "string" || id === "") throw wrong(`models[${index}]`, model, 'an id, or an object such as { "id": "…" }');
	}
	if (headers !== undefined && (!isRecord(headers) || headers instanceof Headers)) {
		throw new InvalidRequestError("headers must be an object with a text for each name.", { path: "headers" });
	}
	if (fetch !== undefined && typeof fetch !== "function") throw wrong("fetch", fetch, "a function");
	if (otherModels !== undefined && typeof otherModels !== "boolean") throw wrong("otherModels", otherModels, "true or false");
	if (account !== undefined && typeof account !== "string") throw wrong("account", account, "a text");
	const given = Object.fromEntries(checkNames("quirks", quirks, quirkNames));
	for (const name of lists) {
		if (given[name] !== undefined && !Array.isArray(given[name])) throw wrong(`quirks.${name}`, given[name], "a list");
	}
	checkAmounts("timeouts", timeouts, defaultTimeouts, 0);
	checkAmounts("limits", limits, limitNames, 1);
}

function checkAmounts(group: string, given: unknown, known: object, least: number): void {
	for (const [name, value] of checkNames(group, given, known)) {
		const fits = typeof value === "number" && value >= (name === "intervalMs" || name === "queueSize" ? 0 : least);
		if (value !== undefined && !fits) throw wrong(`${group}.${name}`, value, `a number of at least ${least}`);
	}
}

function checkNames(group: string, given: unknown, known: object): readonly (readonly [string, unknown])[] {
	if (given === undefined) return [];
	if (!isRecord(given)) throw wrong(group, given, "an object");
	for (const name of Object.keys(given)) {
		if (Object.hasOwn(known, name)) continue;
		const names = Object.keys(known);
		throw new InvalidRequestError(`${group}.${name} is not an option.${didYouMean(name, names)}`, {
			path: `${group}.${name}`,
			hint: `There are ${names.join(", ")}.`,
		});
	}
	return Object.entries(given);
}

function isRecord(value: unknown): value is Options {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(path: string, value: unknown, kind: string): InvalidRequestError {
	return new InvalidRequestError(`${path} is ${JSON.stringify(value) ?? typeof value}, and must be ${kind}.`, { path });
}
