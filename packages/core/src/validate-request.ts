import * as v from "valibot";
import { InvalidRequestError } from "./errors/invalid-request-error.ts";
import type { ChatRequest } from "./message.ts";
import { didYouMean } from "./registry/did-you-mean.ts";
import { showValue } from "./show-value.ts";

const neverEmpty = "must not be empty";
const text = v.string("must be a string");
const name = v.pipe(text, v.nonEmpty(neverEmpty));
const address = v.union([name, v.instance(URL), v.instance(Uint8Array)], "must be an address (a string or URL) or bytes (a Uint8Array)");
const record = v.custom<Record<string, unknown>>(
	(value) => typeof value === "object" && value !== null && !Array.isArray(value),
	"must be an object",
);

const part = v.variant(
	"type",
	[
		v.strictObject({ type: v.literal("text"), text }),
		v.strictObject({ type: v.literal("image"), image: address, mediaType: v.optional(text) }),
		v.strictObject({ type: v.literal("file"), file: address, mediaType: text, name: v.optional(text) }),
		v.strictObject({ type: v.literal("tool-call"), id: text, name, arguments: text }),
		v.strictObject({ type: v.literal("tool-result"), id: text, result: text }),
	],
	'must be a part whose type is "text", "image", "file", "tool-call" or "tool-result"',
);

const message = v.strictObject(
	{
		role: v.picklist(["system", "user", "assistant", "tool"], 'must be "system", "user", "assistant" or "tool"'),
		content: v.union([v.string(), v.array(part)], "must be a string or a list of parts"),
		name: v.optional(text),
	},
	(issue) => (issue.expected === "never" ? "is not a member of a message" : "must be an object with role and content"),
);

const atLeast = (least: number): v.GenericSchema => v.pipe(finite, v.minValue(least, `must be at least ${least}`));
const finite = v.pipe(v.number("must be a number"), v.finite("must be a finite number"));
const whole = v.pipe(finite, v.integer("must be a whole number"));

const request = v.strictObject(
	{
		model: v.optional(v.union([name, v.pipe(v.array(name), v.nonEmpty(neverEmpty))], "must be a name, or a list of at least one name")),
		messages: v.union(
			[v.pipe(v.string(), v.nonEmpty(neverEmpty)), v.pipe(v.array(message), v.nonEmpty(neverEmpty))],
			"must be a text that is not empty, or a list of at least one message",
		),
		system: v.optional(text),
		temperature: v.optional(atLeast(0)),
		topP: v.optional(v.pipe(finite, v.gtValue(0, "must be above 0"), v.maxValue(1, "must be at most 1"))),
		maxTokens: v.optional(v.pipe(whole, v.minValue(1, "must be at least 1"))),
		stop: v.optional(v.union([text, v.array(text)], "must be a string or a list of strings")),
		seed: v.optional(whole),
		tools: v.optional(
			v.array(v.strictObject({ name, description: v.optional(text), parameters: v.optional(record) }), "must be a list of tools"),
		),
		toolChoice: v.optional(
			v.union([v.picklist(["auto", "none", "required"]), v.strictObject({ name })], 'must be "auto", "none", "required" or { name }'),
		),
		responseFormat: v.optional(
			v.variant(
				"type",
				[
					v.strictObject({ type: v.literal("text") }),
					v.strictObject({ type: v.literal("json"), schema: v.optional(record), name: v.optional(text) }),
				],
				'must be { type: "text" } or { type: "json" }',
			),
		),
		metadata: v.optional(record),
		providerOptions: v.optional(v.record(v.string(), record, "must be an object of objects, by provider name")),
	},
	(issue) => (issue.expected === "never" ? "is not a member of a request" : "must be an object with messages"),
);

/**
 * Checks what a caller asks.
 *
 * @param value - the request
 * @returns a copy, so that what the caller changes later changes nothing; bytes, URLs, schemas and metadata are shared
 * @throws InvalidRequestError that names the place, the value and what it must be
 */
export function validateRequest(value: unknown): ChatRequest {
	const result = parse(value);
	if (result.success) return result.output as ChatRequest;
	const issues = result.issues.map(deepest);
	// A member that is not known may be the one that is missing, misspelt.
	const issue = issues.find(isUnknownMember) ?? (issues[0] as Issue);
	const path = dotPath(issue) || "request";
	const key = issue.path?.at(-1)?.key;
	if (isUnknownMember(issue)) {
		const meant = issue.path?.length === 1 ? didYouMean(String(key), Object.keys(request.entries)) : "";
		throw new InvalidRequestError(`${path} ${issue.message}.${meant}`, { path });
	}
	const missing = issue.input === undefined && key !== undefined;
	throw new InvalidRequestError(missing ? `${path} is missing.` : `${path} ${issue.message} (it is ${showValue(issue.input)}).`, { path });
}

function parse(value: unknown): v.SafeParseResult<typeof request> {
	try {
		return v.safeParse(request, value);
	} catch (cause) {
		throw new InvalidRequestError("The request cannot be read: one of its members throws.", { path: "request", cause });
	}
}

const isUnknownMember = (issue: Issue): boolean => issue.expected === "never";

type Issue = v.BaseIssue<unknown>;

/** In a union, the mistake that lies deepest tells the most: a wrong role in the third message, and not that messages is no string. */
function deepest(issue: Issue): Issue {
	let found = issue;
	for (const inner of issue.issues ?? []) {
		const candidate = deepest(inner);
		const depth = (issue.path?.length ?? 0) + (candidate.path?.length ?? 0);
		if ((candidate.path?.length ?? 0) > 0 && depth > (found.path?.length ?? 0)) {
			found = { ...candidate, path: [...(issue.path ?? []), ...(candidate.path ?? [])] as unknown as NonNullable<Issue["path"]> };
		}
	}
	return found;
}

function dotPath(issue: Issue): string {
	return (issue.path ?? []).reduce(
		(path, { key }) => (typeof key === "number" ? `${path}[${key}]` : path === "" ? String(key) : `${path}.${String(key)}`),
		"",
	);
}
