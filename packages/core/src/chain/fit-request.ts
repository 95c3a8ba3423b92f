import { compileHistory } from "../compile-history.ts";
import { UnsupportedError } from "../errors/unsupported-error.ts";
import type { ChatMessage, ChatSettings, MessagePart, ProviderRequest } from "../message.ts";
import { conversation, systemPrompt } from "../message-text.ts";
import type { SettingName } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import type { UnsupportedParameters } from "./chain-options.ts";

/** A request as a candidate can take it. */
export interface FittedRequest<Request> {
	readonly request: Request;
	/** What was left out, in one sentence each. */
	readonly warnings: readonly string[];
}

/** Something of a request that a candidate cannot honour. */
export interface Lack {
	/** The setting, `image`, or `answers` at all. */
	readonly capability: SettingName | "image" | "answers";
	/** What it lacks, to go on with after its name: `does not take temperature`. */
	readonly lacks: string;
	/** What is said where it is left out; undefined where the answer would be wrong without it, so that somebody else has to be asked. */
	readonly warning?: string;
}

/**
 * A request without the settings that a candidate lacks. A model that takes no earlier turns gets the conversation as one message.
 *
 * A candidate takes the settings of its `parameters`: the model's own list, else the provider's; where there is neither, nothing is known and all of them go to it.
 * Left out in silence is what changes nothing: tools that are not to be called, a format that is text, stop strings that are empty.
 *
 * @param request - what is asked
 * @param candidate - who is asked
 * @param policy - whether such settings are dropped, or the candidate is not asked
 * @throws UnsupportedError that names what it lacks, where settings are refused; in any case where nothing can be left out: images in the messages, tools that
 *   must be called
 */
export function fitRequest<Request extends Omit<ProviderRequest, "model">>(
	request: Request,
	candidate: Candidate,
	policy: UnsupportedParameters,
): FittedRequest<Request> {
	const lacks = lacksOf(request, candidate);
	const missing = policy === "refuse" ? lacks : lacks.filter(({ warning }) => warning === undefined);
	const [first] = missing;
	if (first !== undefined) {
		throw new UnsupportedError(`"${candidate.name}" ${missing.map(({ lacks: words }) => words).join(", and ")}.`, {
			capability: first.capability,
			provider: candidate.name,
			hint:
				first.warning === undefined
					? "Ask another provider."
					: `Leave ${first.capability} out, ask another provider, or set unsupportedParameters to "drop".`,
		});
	}
	return { request: inOneMessage(without(request, candidate), candidate), warnings: lacks.map(({ warning }) => warning as string) };
}

/**
 * What a candidate lacks of what a request asks for, in the order of the settings.
 *
 * @param request - what is asked
 * @param candidate - who is asked
 */
export function lacksOf(request: Omit<ProviderRequest, "model">, candidate: Candidate): readonly Lack[] {
	const { name, info } = candidate;
	const lacks: Lack[] = [];
	if (info?.embeddings === true) lacks.push({ capability: "answers", lacks: `makes embeddings with "${info.id}", and gives no answers` });
	if (info?.vision === false && request.messages.some(hasImage))
		lacks.push({ capability: "image", lacks: "lacks vision, and the messages have images" });
	for (const setting of settingNames) {
		if (takes(candidate, setting) || !asksFor(request, setting)) continue;
		if (setting === "tools") {
			const warning = mustCall(request) ? undefined : `tools have no effect: "${name}" does not call any, and answers in text.`;
			lacks.push({ capability: "tools", lacks: "calls no tools", ...(warning && { warning }) });
		} else {
			const warning = `${setting} has no effect: "${name}" does not take it.`;
			lacks.push({ capability: setting, lacks: `does not take ${setting}`, warning });
		}
	}
	return lacks;
}

/** In the order in which they are told of. */
const settingNames = [
	"system",
	"temperature",
	"topP",
	"maxTokens",
	"stop",
	"seed",
	"tools",
	"toolChoice",
	"responseFormat",
] as const satisfies readonly SettingName[];

function takes({ provider, info }: Candidate, setting: SettingName): boolean {
	if (setting === "tools" && info?.tools !== undefined) return info.tools;
	return (info?.parameters ?? provider.parameters)?.includes(setting) ?? true;
}

/** Whether a setting is there and wants something: an answer without it would be another one. */
function asksFor(request: ChatSettings, setting: SettingName): boolean {
	const { stop, tools, toolChoice, responseFormat } = request;
	switch (setting) {
		case "system":
			return (request.system ?? "") !== "";
		case "stop":
			return [stop ?? []].flat().some((text) => text !== "");
		case "tools":
			return toolChoice !== "none" && ((tools?.length ?? 0) > 0 || mustCall(request));
		case "toolChoice":
			// Where tools are offered. Those that are not to be called are left out with it, which comes to the same.
			return (tools?.length ?? 0) > 0 && mustCall(request);
		case "responseFormat":
			return responseFormat?.type === "json";
		default:
			return request[setting] !== undefined;
	}
}

function mustCall({ toolChoice }: ChatSettings): boolean {
	return toolChoice !== undefined && toolChoice !== "auto" && toolChoice !== "none";
}

function hasImage({ content }: ChatMessage): boolean {
	return typeof content !== "string" && content.some(({ type }) => type === "image");
}

function without<Request extends Omit<ProviderRequest, "model">>(request: Request, candidate: Candidate): Request {
	const rest: { -readonly [Key in keyof Request]: Request[Key] } = { ...request };
	for (const setting of settingNames) if (!takes(candidate, setting)) delete rest[setting];
	if (!("toolChoice" in rest) && request.toolChoice === "none") delete rest.tools;
	if (!takes(candidate, "tools")) delete rest.toolChoice;
	return rest;
}

/** The whole conversation as one message of the user, for a model that takes no earlier turns. With images and files, the provider has to see to it itself. */
function inOneMessage<Request extends Omit<ProviderRequest, "model">>(request: Request, candidate: Candidate): Request {
	if (candidate.info?.history !== false || conversation(request).length < 2) return request;
	const isPlain = ({ type }: MessagePart): boolean => type !== "image" && type !== "file";
	if (!request.messages.every(({ content }) => typeof content === "string" || content.every(isPlain))) return request;
	const system = systemPrompt(request);
	const { system: _, ...rest } = request;
	const messages: readonly ChatMessage[] = [{ role: "user", content: compileHistory(request, { system: "leave-out" }) }];
	return { ...rest, ...(system !== "" && { system }), messages } as Request;
}
