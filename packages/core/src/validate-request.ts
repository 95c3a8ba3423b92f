import type { EmbedRequest } from "./embed/embedding.ts";
import { InvalidRequestError } from "./errors/invalid-request-error.ts";
import { hasErrorBrand } from "./errors/spaceport-error.ts";
import type { ChatRequest } from "./message.ts";
import { didYouMean } from "./registry/did-you-mean.ts";
import { showValue } from "./show-value.ts";

/** Gives a copy of a value, or throws what is wrong with it. Undefined is a value like others: what may be left out is read by `optional`. */
type Reader = (value: unknown, path: string) => unknown;

const that =
	(fits: (value: unknown) => boolean, must: string): Reader =>
	(value, path) => {
		if (fits(value)) return value;
		const message =
			value === undefined && path !== "" ? `${path} is missing.` : `${path || "request"} ${must} (it is ${showValue(value)}).`;
		throw new InvalidRequestError(message, { path: path || "request" });
	};

const isText = (value: unknown): value is string => typeof value === "string";
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
const oneOf = (words: readonly unknown[], must: string): Reader => that((value) => words.includes(value), must);

/** One after the other, each on what the one before it gave. */
const both =
	(...readers: readonly Reader[]): Reader =>
	(value, path) =>
		readers.reduce((read, reader) => reader(read, path), value);

/** The first reader where the value is a text, else the second. */
const textOr =
	(ofText: Reader, ofOthers: Reader): Reader =>
	(value, path) =>
		(isText(value) ? ofText : ofOthers)(value, path);

const optional =
	(reader: Reader): Reader =>
	(value, path) =>
		value === undefined ? undefined : reader(value, path);

function list(item: Reader, must: string): Reader {
	const check = that(Array.isArray, must);
	return (value, path) => {
		const copy: unknown[] = [];
		// Not `map`, which leaves out the places where nothing is.
		for (const [index, one] of (check(value, path) as readonly unknown[]).entries()) copy.push(item(one, `${path}[${index}]`));
		return copy;
	};
}

function object(members: Readonly<Record<string, Reader>>, must: string, what: string): Reader {
	const check = that(isObject, must);
	return (value, path) => {
		const given = check(value, path) as Readonly<Record<string, unknown>>;
		const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
		// It comes first: a member that is not known may be the one that is missing, misspelt.
		for (const name in given) {
			if (Object.hasOwn(members, name)) continue;
			const meant = path === "" ? didYouMean(name, Object.keys(members)) : "";
			throw new InvalidRequestError(`${at(name)} is not a member of ${what}.${meant}`, { path: at(name) });
		}
		const copy: Record<string, unknown> = {};
		for (const [name, read] of Object.entries(members)) {
			const member = read(given[name], at(name));
			if (member !== undefined) copy[name] = member;
		}
		return copy;
	};
}

const text = that(isText, "must be a string");
const filled = that((value) => (value as string | readonly unknown[]).length > 0, "must not be empty");
const name = both(text, filled);
const address = textOr(
	filled,
	that((value) => value instanceof URL || value instanceof Uint8Array, "must be an address (a string or URL) or bytes (a Uint8Array)"),
);
const record = that((value) => isObject(value) && !Array.isArray(value), "must be an object");
const finite = both(
	that((value) => typeof value === "number" && !Number.isNaN(value), "must be a number"),
	that(Number.isFinite, "must be a finite number"),
);
const whole = both(finite, that(Number.isInteger, "must be a whole number"));
const atLeast = (least: number): Reader => that((value) => (value as number) >= least, `must be at least ${least}`);

const partTypes = 'must be a part whose type is "text", "image", "file", "tool-call" or "tool-result"';
const parts: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
	text: { text },
	image: { image: address, mediaType: optional(text) },
	file: { file: address, mediaType: text, name: optional(text) },
	"tool-call": { id: text, name, arguments: text },
	"tool-result": { id: text, result: text },
};
const formats: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
	text: {},
	json: { schema: optional(record), name: optional(text) },
};

/** An object whose other members follow from its `type`. */
function byType(kinds: Readonly<Record<string, Readonly<Record<string, Reader>>>>, must: string, what: string): Reader {
	const check = that(isObject, must);
	const known = that((type) => isText(type) && Object.hasOwn(kinds, type), must);
	return (value, path) => {
		const given = (check(value, path) as { readonly type?: unknown }).type;
		known(given, `${path}.type`);
		return object({ type: text, ...kinds[given as string] }, must, `${what} of type "${given}"`)(value, path);
	};
}

const message = object(
	{
		role: oneOf(["system", "user", "assistant", "tool"], 'must be "system", "user", "assistant" or "tool"'),
		content: textOr(text, list(byType(parts, partTypes, "a part"), "must be a string or a list of parts")),
		name: optional(text),
	},
	"must be an object with role and content",
	"a message",
);

const model = optional(textOr(filled, both(list(name, "must be a name, or a list of at least one name"), filled)));
/** What is for others than the model. */
const notes: Readonly<Record<string, Reader>> = {
	metadata: optional(record),
	providerOptions: optional((value, path) => {
		that((options) => isObject(options) && !Array.isArray(options), "must be an object of objects, by provider name")(value, path);
		return Object.fromEntries(
			Object.entries(value as object).map(([provider, options]) => [provider, record(options, `${path}.${provider}`)]),
		);
	}),
};

const request = object(
	{
		model,
		messages: textOr(filled, both(list(message, "must be a text that is not empty, or a list of at least one message"), filled)),
		system: optional(text),
		temperature: optional(both(finite, atLeast(0))),
		topP: optional(
			both(
				finite,
				that((value) => (value as number) > 0, "must be above 0"),
				that((value) => (value as number) <= 1, "must be at most 1"),
			),
		),
		maxTokens: optional(both(whole, atLeast(1))),
		stop: optional(textOr(text, list(text, "must be a string or a list of strings"))),
		seed: optional(whole),
		tools: optional(
			list(
				object({ name, description: optional(text), parameters: optional(record) }, "must be a tool", "a tool"),
				"must be a list of tools",
			),
		),
		toolChoice: optional((value, path) =>
			isObject(value)
				? object({ name }, "", "toolChoice")(value, path)
				: oneOf(["auto", "none", "required"], 'must be "auto", "none", "required" or { name }')(value, path),
		),
		responseFormat: optional(byType(formats, 'must be { type: "text" } or { type: "json" }', "a format")),
		...notes,
	},
	"must be an object with messages",
	"a request",
);

const embedRequest = object(
	{
		model,
		input: textOr(filled, both(list(name, "must be a text that is not empty, or a list of at least one"), filled)),
		dimensions: optional(both(whole, atLeast(1))),
		...notes,
	},
	"must be an object with input",
	"a request for embeddings",
);

/**
 * Checks what a caller asks.
 *
 * @param value - the request
 * @returns a copy, so that what the caller changes later changes nothing; bytes, URLs, schemas and metadata are shared
 * @throws InvalidRequestError that names the place, the value and what it must be
 */
export function validateRequest(value: unknown): ChatRequest {
	return readWith(request, value) as ChatRequest;
}

/**
 * Checks what a caller wants embeddings of.
 *
 * @param value - the request
 * @returns a copy
 * @throws InvalidRequestError that names the place, the value and what it must be
 */
export function validateEmbedRequest(value: unknown): EmbedRequest {
	return readWith(embedRequest, value) as EmbedRequest;
}

function readWith(reader: Reader, value: unknown): unknown {
	try {
		return reader(value, "");
	} catch (cause) {
		if (hasErrorBrand(cause)) throw cause;
		throw new InvalidRequestError("The request cannot be read: one of its members throws.", { path: "request", cause });
	}
}
