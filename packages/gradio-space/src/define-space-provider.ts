import {
	type AsyncGeneratorProvider,
	type AttemptContext,
	type AttemptContextInput,
	type ChatMessage,
	type ChatSettings,
	type Chunk,
	completeAttemptContext,
	type FinishChunk,
	InvalidRequestError,
	type Logger,
	type ModelInfo,
	messageList,
	type ProviderRequest,
	type Timeouts,
} from "@spaceport/core";

import { createSpace } from "./create-space.ts";
import { createTextDeltas, type OutputReading } from "./decode/text-deltas.ts";
import type { GradioEvent } from "./gradio-event.ts";
import type { BoundEndpoint, FixedEndpoint } from "./handshake/bind-endpoint.ts";
import type { SpaceProtocol } from "./handshake/protocol.ts";
import type { SpaceComponent } from "./handshake/space-config.ts";
import type { SpaceAuth } from "./login/login.ts";
import { type SpaceConversation, type SpaceConversationOptions, spaceConversation } from "./provider/space-conversation.ts";
import { warnAboutSettings } from "./provider/warn-about-settings.ts";
import type { LeaveQueueWhen } from "./space-options.ts";
import type { Fetch } from "./transport/http.ts";
import type { WebSocketFactory } from "./transport/open-socket.ts";

/** What `toData` can use beside the request. */
export interface SpaceCall {
	/** What the function takes, in order; undefined where the Space has no usable config. */
	readonly inputs: readonly SpaceComponent[] | undefined;
	/** Version of Gradio, where it is known. */
	readonly version: string | undefined;
	/**
	 * The request's messages as this function takes them: what goes into the input for the prompt, and what into the one for the history. Earlier turns go
	 * there where it is a Chatbot, in the form of the Space's Gradio; otherwise the whole conversation is the prompt, so that it is never lost.
	 *
	 * @param request - what is asked, the very object that `toData` got
	 * @param options - which input takes the history, if one does; `system: "leave-out"` where the system prompt has an input of its own
	 * @throws InvalidRequestError where nobody asks anything; UnsupportedError where the last message is the assistant's
	 */
	conversation(request: ProviderRequest, options?: SpaceConversationOptions): SpaceConversation;
	/** Adds a sentence to the completion's warnings. */
	readonly warn: (text: string) => void;
}

/** What makes a Space a provider. */
export interface SpaceProviderDefinition {
	/** The provider's name. */
	readonly name: string;
	/** Where the Space is: `owner/name`, the URL of its page at the hub, or the URL of a Gradio server. */
	readonly space: string;
	/** Name of the function, such as `/model_chat`. It is looked up in the Space's config at each first call. */
	readonly api: string;
	readonly models: readonly ModelInfo[];
	/**
	 * The function's inputs for a request.
	 *
	 * @param request - what is asked, its messages as a list
	 * @param call - what the function takes
	 */
	readonly toData: (request: ProviderRequest, call: SpaceCall) => readonly unknown[];
	/**
	 * The answer so far, read from all outputs so far: the whole text, or all chunks so far; null or undefined for nothing new. The base makes the deltas.
	 * It is cheapest where the text is returned as it stands in the outputs, not changed and not put together.
	 *
	 * @param data - all outputs, whole
	 * @param request - what is asked
	 * @param final - whether these are the last ones
	 */
	readonly fromData: (data: readonly unknown[], request: ProviderRequest, final: boolean) => OutputReading;
	/** The function's numbers, for the case that the Space has no usable config or the function no name. */
	readonly fallback?: FixedEndpoint;
	/** Settings that `toData` passes on. For the others a request gets a warning. @default none but `system` */
	readonly settings?: readonly (keyof ChatSettings)[];
	/** Headers that the Space needs. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Limits in place of the chain's, for a Space that is known to be slower. */
	readonly timeouts?: Partial<Timeouts>;
}

/** What every provider over a Space can be made with. */
export interface SpaceProviderOptions {
	/** Name to register under. @default the provider's own */
	readonly name?: string;
	/** Where the Space is: `owner/name` or a URL, for a copy of it or one on this machine. @default the provider's own */
	readonly baseUrl?: string;
	/** A Hugging Face token, for private Spaces and for the GPU quota of an account. It goes to the Space and to the hub, and to nobody else. */
	readonly token?: string;
	/** User and password of the app's own login. Browsers cannot send what comes for them: `unsupported`, with the capability `login-cookies`. */
	readonly auth?: SpaceAuth;
	/** Used in place of the global `fetch`. */
	readonly fetch?: Fetch;
	/** Opens the WebSockets that a Space of Gradio 3 needs; without it, browsers, Deno and Cloudflare's workers can send no token with one. @default the runtime's own */
	readonly webSocket?: WebSocketFactory;
	/** Where the hub is, which knows the address and the stage of a Space. @default "https://huggingface.co" */
	readonly hubUrl?: string;
	/** How the Space is called. It is not checked against the config: a queue that is not the Space's own is refused, or its values are misread. @default what its config says */
	readonly protocol?: SpaceProtocol;
	/** Leaves the Space's queue, with `queue-full`, where it returns true: a chain goes on with the next provider then. */
	readonly leaveQueueWhen?: LeaveQueueWhen;
	/**
	 * How long to wait for a Space that sleeps or is being built, in milliseconds. It has to be less than the time until the first chunk.
	 * @default 1 s less than that time where it is 30 s or more, as where nobody else is left to ask; else 0, since no Space wakes up so fast
	 */
	readonly wakeMs?: number;
	/** More headers for every request to the Space. They win over all others. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Where it logs. @default the logger of the Spaceport that asks */
	readonly logger?: Logger;
	/** Makes the session hash of each call. @default 12 hexadecimal characters of a random UUID */
	readonly createId?: () => string;
	/** Limits in place of the chain's. */
	readonly timeouts?: Partial<Timeouts>;
}

/** A provider over a Space. It can be asked directly: the context may be left out, and `messages` may be a string. */
export interface SpaceProvider extends AsyncGeneratorProvider {
	/** Where the Space is. */
	readonly url: string;
	createAsyncGenerator(request: SpaceProviderRequest, context?: AttemptContextInput): AsyncGenerator<Chunk, void, void>;
}

/** What a provider over a Space is asked. The model may be left out by those who ask it directly. */
export interface SpaceProviderRequest extends ChatSettings {
	readonly model?: string;
	readonly messages: string | readonly ChatMessage[];
}

/**
 * Makes the factory of a provider over a Space. What is left to say is where the Space is, how a request becomes its inputs, and how its outputs become
 * text; queue, event stream, differences, errors and the end of the remote job are done here.
 *
 * @param definition - the Space
 * @returns a factory, which does no I/O
 *
 * @example
 * ```ts
 * import { defineSpaceProvider } from "@spaceport/gradio-space";
 *
 * export const createEcho = defineSpaceProvider({
 *   name: "echo",
 *   space: "somebody/echo",
 *   api: "/echo",
 *   models: [{ id: "echo" }],
 *   toData: (request, call) => [call.conversation(request).prompt],
 *   fromData: ([text]) => (typeof text === "string" ? text : undefined),
 * });
 * ```
 */
export function defineSpaceProvider(definition: SpaceProviderDefinition): (options?: SpaceProviderOptions) => SpaceProvider {
	const { api, models, fallback, toData, fromData, settings = [] } = definition;
	return (options = {}) => {
		const name = options.name ?? definition.name;
		const space = createSpace(options.baseUrl ?? definition.space, {
			...options,
			headers: { ...definition.headers, ...options.headers },
		});
		const timeouts = { ...definition.timeouts, ...options.timeouts };

		async function* createAsyncGenerator(input: SpaceProviderRequest, given?: AttemptContextInput): AsyncGenerator<Chunk, void, void> {
			const context = completeAttemptContext(given);
			const request: ProviderRequest = { ...input, model: input.model ?? models[0]?.id ?? "", messages: messageList(input.messages) };
			if (!Array.isArray(request.messages)) {
				throw new InvalidRequestError("messages is neither a string nor a list of messages.", { path: "messages", provider: name });
			}
			const warn = once(context.warn);
			warnAboutSettings(request, settings, name, warn);
			const logger = options.logger ?? context.logger;
			const deltas = createTextDeltas();
			let finish: FinishChunk = { type: "finish", finishReason: "stop" };
			const events = space.submit(api, (endpoint) => toData(request, createCall(endpoint, warn)), {
				signal: context.signal,
				connectMs: given?.deadlines?.connectMs ?? timeouts.connectMs ?? context.deadlines.connectMs,
				totalMs: context.deadlines.totalMs,
				wakeMs: options.wakeMs ?? timeToWake(context.deadlines.firstChunkMs),
				leaveQueueWhen: options.leaveQueueWhen,
				logger,
				...(fallback === undefined ? {} : { fallback }),
				textSoFar: () => deltas.text,
			});
			for await (const event of events) {
				if (event.type !== "value") {
					yield toChunk(event);
					continue;
				}
				for (const chunk of deltas.take(fromData(event.data, request, event.final), event.appends)) {
					if (chunk.type === "finish") finish = chunk;
					else yield chunk;
				}
			}
			yield finish;
		}

		return {
			name,
			models,
			url: space.url,
			...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
			createAsyncGenerator,
		};
	};
}

function createCall(endpoint: BoundEndpoint, warn: (text: string) => void): SpaceCall {
	const { inputs, version } = endpoint;
	return {
		inputs,
		version,
		warn,
		conversation: (request, conversationOptions) => spaceConversation(request, endpoint, conversationOptions),
	};
}

function toChunk(event: Exclude<GradioEvent, { type: "value" }>): Chunk {
	switch (event.type) {
		case "waking":
			return { type: "progress", stage: "waking", description: `The Space is ${event.stage}.` };
		case "queue":
			return { ...event, type: "queue-update" };
		case "started":
			return { ...event, type: "progress", stage: "started" };
		case "progress":
			return { ...event, stage: "step" };
		case "log":
			return event;
	}
}

/** A Space takes a minute or so to wake up: waiting for it is worth while only where there is that time, and it must end before the chain's own deadline does. */
function timeToWake(firstChunkMs: number): number {
	return firstChunkMs < 30_000 ? 0 : firstChunkMs - 1_000;
}

function once(warn: AttemptContext["warn"]): (text: string) => void {
	const said = new Set<string>();
	return (text) => {
		if (said.has(text)) return;
		said.add(text);
		warn(text);
	};
}
