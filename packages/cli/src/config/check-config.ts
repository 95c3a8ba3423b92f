import { type AsyncGeneratorProvider, didYouMean } from "@spaceport/core";
import * as v from "valibot";
import type { SpaceportConfig } from "./config.ts";
import { type ConfigFile, configError } from "./config-error.ts";

const name = v.pipe(v.string("must be a string"), v.nonEmpty("must not be empty"));
const amount = v.pipe(v.number("must be a number"), v.minValue(0, "must be at least 0"));
const record = v.custom<Record<string, unknown>>(isRecord, "must be an object");
const provider = v.custom<AsyncGeneratorProvider>(isProvider, "must be a provider");
const amounts = (...keys: readonly string[]) => v.optional(strict(Object.fromEntries(keys.map((key) => [key, v.optional(amount)]))));

const configuredProvider = v.lazy((input) =>
	isProvider(input)
		? provider
		: strict({
				use: v.optional(name),
				options: v.optional(record),
				network: v.optional(v.boolean("must be true or false")),
			}),
);

const nameOrProvider = v.lazy((input) => (isRecord(input) ? provider : name));

const entry = v.lazy((input) =>
	isRecord(input) && !isProvider(input)
		? strict({ provider: nameOrProvider, model: v.optional(name), lastResort: v.optional(v.boolean()) })
		: nameOrProvider,
);

const names = v.optional(v.array(name, "must be a list of names"));

const config = strict({
	providers: v.optional(v.pipe(record, v.record(v.string(), configuredProvider))),
	chains: v.optional(
		v.pipe(
			record,
			v.record(v.string(), v.pipe(v.array(entry, "must be a list of providers"), v.nonEmpty("must have at least one provider"))),
		),
	),
	freeChat: v.optional(strict({ spaces: names, endpoints: names, without: names })),
	retry: amounts("retries", "minDelayMs", "maxDelayMs", "patienceMs", "maxRetryAfterMs", "maxAttempts"),
	timeouts: amounts("connectMs", "firstChunkMs", "lastFirstChunkMs", "idleMs", "queueMs", "totalMs"),
	limits: amounts(
		"concurrency",
		"intervalCap",
		"intervalMs",
		"queueSize",
		"requestsPerMinute",
		"requestsPerDay",
		"tokensPerMinute",
		"tokensPerDay",
	),
	// Which words there are is core's to say.
	onInterruption: v.optional(name),
	onMismatch: v.optional(name),
	unsupportedParameters: v.optional(name),
	dispositions: v.optional(v.pipe(record, v.record(v.string(), record))),
});

/**
 * Checks what a configuration holds.
 *
 * @param value - what was read
 * @param file - where it was read
 * @throws InvalidRequestError that names the file, the place in it, what is wrong, and the nearest known name for one that is not known
 */
export function checkConfig(value: unknown, file: ConfigFile): SpaceportConfig {
	const result = v.safeParse(config, value);
	if (result.success) return value as SpaceportConfig;
	// A key that is not known may be the one that is missing, misspelt.
	const issue = result.issues.find(isUnknownKey) ?? result.issues[0];
	const path = dotPath(issue);
	const key = issue.path?.at(-1)?.key;
	if (isUnknownKey(issue)) throw configError(file, path, issue.message);
	const missing = issue.input === undefined && key !== undefined;
	throw configError(file, path, missing ? "is missing." : `${issue.message} (it is ${show(issue.input)}).`);
}

/** An object without any other keys. */
function strict<const Entries extends v.ObjectEntries>(entries: Entries): v.GenericSchema {
	const keys = Object.keys(entries);
	const known = v.strictObject(
		entries,
		(issue) => `is not known here.${didYouMean(String(issue.path?.at(-1)?.key), keys)} There are ${keys.join(", ")}.`,
	);
	return v.pipe(record, known);
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
	return issue.expected === "never";
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a provider itself, and not a description of one. The Spaceport checks its other members. */
export function isProvider(value: unknown): value is AsyncGeneratorProvider {
	return isRecord(value) && typeof value.createAsyncGenerator === "function";
}

/** The place of a mistake, such as `chains.default[1]`. */
function dotPath(issue: v.BaseIssue<unknown>): string {
	return (issue.path ?? []).reduce((path, { key }) => {
		if (typeof key === "number") return `${path}[${key}]`;
		return path === "" ? String(key) : `${path}.${String(key)}`;
	}, "");
}

function show(value: unknown): string {
	let shown: string;
	try {
		shown = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
	} catch {
		// A program may give what JSON cannot hold, such as a circle or a bigint.
		shown = typeof value === "bigint" ? `${value}n` : "what JSON cannot hold";
	}
	return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
