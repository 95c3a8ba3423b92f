import type { AttemptContext, FilePart, ImagePart, ProviderRequest } from "@spaceport/core";

import type { SpacePart } from "../files/part-file.ts";
import type { InputFile } from "../files/space-file.ts";
import type { BoundEndpoint } from "../handshake/bind-by-name.ts";
import type { SpaceComponent } from "../handshake/space-config.ts";
import { lateTools } from "./late-tools.ts";
import { type SpaceConversation, type SpaceConversationOptions, spaceConversation } from "./space-conversation.ts";

/** The outputs of the steps that are done, whole and in order, by the steps' names. A step that was left out has none: its list is empty. */
export type StepOutputs<StepName extends string = string> = { readonly [Name in StepName]: readonly unknown[] };

/** What `toData` can use beside the request. */
export interface SpaceCall<StepName extends string = string> {
	/** What the function takes, in order; undefined where the Space has no usable config. */
	readonly inputs: readonly SpaceComponent[] | undefined;
	/** Version of Gradio, where it is known. */
	readonly version: string | undefined;
	/** What the steps before gave, such as `call.outputs.upload[0]` for the first output of the step `upload`. */
	readonly outputs: StepOutputs<StepName>;
	/**
	 * The request's messages as this function takes them: what goes into the input for the prompt, and what into the one for the history. Earlier turns go
	 * there where it is a Chatbot, in the form of the Space's Gradio; otherwise the whole conversation is the prompt, so that it is never lost.
	 *
	 * @param request - what is asked, the very object that `toData` got
	 * @param options - which input takes the history, if one does; `system: "leave-out"` where the system prompt has an input of its own
	 * @throws InvalidRequestError where nobody asks anything; UnsupportedError where the last message is the assistant's
	 */
	conversation(request: ProviderRequest, options?: SpaceConversationOptions): SpaceConversation;
	/**
	 * An image or a file of a message, as an input takes it: bytes and data URLs are uploaded before the call. An address is given to the Space as it is, or, where its host
	 * is among the option `fetchHosts`, fetched and uploaded.
	 *
	 * @param part - one whose kind is in the definition's `parts`
	 */
	file(part: ImagePart | FilePart): InputFile;
	/**
	 * The images and files of the user's last message, in order. Those of earlier messages are not among them; a warning says so.
	 *
	 * @param request - what is asked
	 */
	files(request: ProviderRequest): readonly InputFile[];
	/** Adds a sentence to the completion's warnings. */
	readonly warn: (text: string) => void;
	/**
	 * Says that a setting of the request cannot be honoured, or not as it is. One that is not among the definition's `settings` is told of already.
	 *
	 * @throws UnsupportedError where such requests are refused (`unsupportedParameters`)
	 */
	readonly unsupported: AttemptContext["unsupported"];
}

/** Where a provider says what the caller should know. */
export type Notes = Pick<AttemptContext, "warn" | "unsupported">;

/**
 * Makes what `toData` can use.
 *
 * @param endpoint - what is called
 * @param outputs - what the steps before gave
 * @param notes - receive warnings
 * @param parts - the kinds of parts that the definition takes
 */
export function createCall(endpoint: BoundEndpoint, outputs: StepOutputs, notes: Notes, parts: readonly SpacePart[]): SpaceCall {
	const { inputs, version } = endpoint;
	return {
		inputs,
		version,
		outputs,
		...notes,
		conversation: (request, conversationOptions) => spaceConversation(request, endpoint, conversationOptions, parts),
		file: (part) => lateTools().partFile(part),
		files: (request) => lateTools().lastFiles(request, parts, notes.warn),
	};
}
