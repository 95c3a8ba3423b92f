import { defaultTimeouts, didYouMean, InvalidRequestError, type LimitOptions } from "@spaceport/core";

import type { Quirks } from "./quirks.ts";

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

/**
 * Looks at what options are made of that no compiler has seen. What a name, an address or a key has in it is looked at where the provider is made.
 *
 * @param options - of which all names are known
 * @throws InvalidRequestError that names the option and its value
 */
export function checkConfigured({ models, headers, quirks, timeouts, limits, otherModels, account }: Options): void {
	if (models !== undefined && !Array.isArray(models)) throw wrong("models", models, "a list of ids");
	for (const [index, model] of ((models ?? []) as readonly unknown[]).entries()) {
		const id = isRecord(model) ? model.id : model;
		if (typeof id !== "string" || id === "") throw wrong(`models[${index}]`, model, 'an id, or an object such as { "id": "…" }');
	}
	if (headers !== undefined && !isRecord(headers)) throw new InvalidRequestError("headers must be an object.", { path: "headers" });
	if (otherModels !== undefined && typeof otherModels !== "boolean") throw wrong("otherModels", otherModels, "true or false");
	if (account !== undefined && typeof account !== "string") throw wrong("account", account, "a text");
	checkNames("quirks", quirks, quirkNames);
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
