import { acceptsHistory, type ChatForm, chatTurn } from "./chat-forms.ts";
import { componentOf, typesOf } from "./component.ts";
import type { CallContext, OutputValues } from "./emulated-function.ts";
import type { FileForms } from "./file-forms.ts";
import type { Job } from "./job.ts";
import type { QueueMessages } from "./queue-messages.ts";
import type { SessionState } from "./session-state.ts";
import type { VersionProfile } from "./version-profile.ts";

/** What functions run with. */
export interface FunctionSetting {
	readonly profile: VersionProfile;
	readonly chatForm: ChatForm;
	readonly messages: QueueMessages;
	readonly state: SessionState;
	readonly files: FileForms;
}

/** A function's answer: its values, or the iterator of its steps. */
export type FunctionAnswer =
	| { readonly kind: "values"; readonly values: OutputValues }
	| { readonly kind: "steps"; readonly steps: Iterator<OutputValues, void, void> | AsyncIterator<OutputValues, void, void> };

/** Calls the function of a job with its inputs, as the components give them to it. */
export async function runFunction({ profile, chatForm, messages, state, files }: FunctionSetting, job: Job): Promise<FunctionAnswer> {
	const { definition, id, name, session, user } = job;
	const sent = job.inputs ?? [];
	if (sent.length < definition.inputs.length) throw new Error(`An event handler (${name}) didn't receive enough input values`);
	definition.inputs.forEach((input, index) => {
		const value = sent[index] ?? null;
		if (componentOf(input).type === "chatbot" && !acceptsHistory(profile, chatForm, value))
			throw new Error("The chatbot cannot read its history");
		if (!files.accepts(input, value)) throw new Error(`The component ${componentOf(input).type} cannot read its file`);
	});
	const context: CallContext = {
		signal: job.controller.signal,
		version: profile.version,
		session,
		log: (text, level = "info") => {
			if (job.steps === 0 || !profile.logsFirstStepOnly) job.send(messages.log(id, text, level));
		},
		progress: (unit) => job.send(messages.progress(id, unit)),
		turn: (question, answer) => chatTurn(profile, chatForm, question, answer),
		file: (bytes, options = {}) => files.output(typeof bytes === "string" ? Buffer.from(bytes) : bytes, options),
		read: (value) => files.read(value),
		user,
	};
	const inputs = state.read(session, name, typesOf(definition.inputs), sent.slice(0, definition.inputs.length));
	const answer = await definition.run(inputs, context);
	return "next" in answer ? { kind: "steps", steps: answer } : { kind: "values", values: answer };
}

/** The outputs of one step as they go out. */
export function outputsOf({ state }: FunctionSetting, { definition, name, session }: Job, values: OutputValues): unknown[] {
	if (values.length < definition.outputs.length) throw new Error(`An event handler (${name}) didn't return enough output values`);
	return state.write(session, name, typesOf(definition.outputs), values.slice(0, definition.outputs.length));
}
