import type { ErrorRule, Quirks } from "../../src/quirks.ts";

type InWords = { readonly [Name in keyof Quirks]-?: (value: NonNullable<Quirks[Name]>, baseUrl: string) => string };

const code = (text: string): string => `\`${text}\``;
const list = (names: readonly string[]): string => names.map(code).join(", ");
const json = (value: unknown): string => code(JSON.stringify(value));

/** What each quirk means to whoever reads the page. The compiler sees to it that none is missing. */
const inWords: InWords = {
	lacks: (names) => `does without ${list(names)}: they are left out with a warning`,
	refuses: (names) => `refuses ${list(names)}: they are left out of \`providerOptions\``,
	fields: (fields) =>
		Object.entries(fields)
			.map(([from, to]) => `calls ${code(from)} ${code(to)}`)
			.join(", "),
	defaults: (fields) => `is sent ${json(fields)} unless the request says otherwise`,
	withTools: (fields) => `is sent ${json(fields)} with tools`,
	maxTokens: ({ least, most }) =>
		`takes ${[least === undefined ? "" : `no fewer than ${least}`, most === undefined ? "" : `no more than ${most}`].filter(Boolean).join(" and ")} tokens as \`maxTokens\``,
	stopAsList: () => "wants `stop` as a list",
	content: (kind) => (kind === "text" ? "takes text alone in messages" : "wants the content of messages as parts"),
	names: () => "takes no names of speakers",
	streaming: () => "does not stream: the answer comes in one piece",
	streamUsage: () => "is not asked for the usage of a stream",
	toolSchemas: ({ omit }) => `gets schemas of tools without ${list(omit)}`,
	jsonObject: (how) => (how === "schema" ? "gets JSON mode as a schema that allows any object" : "has no JSON mode"),
	jsonSchema: (how) => (how === "object" ? "gets JSON mode and the schema in words" : "takes no schema of an answer"),
	reasoning: (how) => `spells reasoning as ${code(how)}`,
	emptyAnswers: (texts) => `an answer that is just ${list(texts)} is none`,
	usage: () => "what it calls usage is none",
	otherModel: (what) =>
		what === "ignore"
			? "its answers name their model in another way"
			: `another model's answer is ${what === "error" ? "an error" : "warned of"}`,
	routers: (ids) => `picks the model itself for ${list(ids)}`,
	answerInReasoning: () => "an answer may be in its reasoning",
	failedGeneration: () => "calls of tools that it could not read itself are read from its error",
	keyHeader: (name) => `takes its key in the header ${code(name)}`,
	userAgent: (text) => `is told ${code(text)} as the User-Agent`,
	errors: (rules) => rules.map(ruleInWords).join("; "),
	embeddingInputs: (most) => `takes ${most} texts at once for embeddings`,
	modelList: (path, baseUrl) => `lists its models at ${code(addressOf(path, baseUrl))}`,
	probe: (where, baseUrl) => (where === false ? "is never probed" : `is probed at ${code(addressOf(where.path, baseUrl))}`),
};

function addressOf(path: string, baseUrl: string): string {
	return new URL(baseUrl + path).href;
}

function ruleInWords({ status, code: name, type, words, is }: ErrorRule): string {
	const facts = [
		status === undefined ? "" : String(status),
		name === undefined ? "" : `code ${code(name)}`,
		type === undefined ? "" : `type ${code(type)}`,
		words === undefined ? "" : `"${words}"`,
	].filter(Boolean);
	return `${facts.join(", ")} is ${code(is === "model-gone" ? "no-such-model" : is)}`;
}

/** How an endpoint differs, a phrase for each quirk. */
export function quirksInWords(quirks: Quirks = {}, baseUrl: string): readonly string[] {
	return Object.entries(quirks).map(([name, value]) =>
		(inWords[name as keyof Quirks] as (value: unknown, baseUrl: string) => string)(value, baseUrl),
	);
}

/** The names of all quirks. */
export const quirkNames: readonly (keyof Quirks)[] = Object.keys(inWords) as (keyof Quirks)[];
