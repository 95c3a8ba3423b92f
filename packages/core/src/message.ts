/** Who speaks. */
export type ChatRole = "system" | "user" | "assistant" | "tool";

/** A piece of text in a message. */
export interface TextPart {
	readonly type: "text";
	readonly text: string;
}

/** An image in a message: an address (`http:`, `https:` or `data:`) or its bytes. */
export interface ImagePart {
	readonly type: "image";
	readonly image: string | URL | Uint8Array;
	/** Media type such as `image/png`; needed with bytes. */
	readonly mediaType?: string;
}

/** A file in a message: an address or its bytes. */
export interface FilePart {
	readonly type: "file";
	readonly file: string | URL | Uint8Array;
	readonly mediaType: string;
	readonly name?: string;
}

/** A tool call that an earlier assistant turn made. `arguments` is JSON text. */
export interface ToolCallPart {
	readonly type: "tool-call";
	readonly id: string;
	readonly name: string;
	readonly arguments: string;
}

/** What a tool gave back for the call `id`. */
export interface ToolResultPart {
	readonly type: "tool-result";
	readonly id: string;
	readonly result: string;
}

/** One piece of a message's content. */
export type MessagePart = TextPart | ImagePart | FilePart | ToolCallPart | ToolResultPart;

/** One turn of a conversation. `content` is plain text, or parts where there is more than text. */
export interface ChatMessage {
	readonly role: ChatRole;
	readonly content: string | readonly MessagePart[];
	/** Name of the speaker, for providers that take one. */
	readonly name?: string;
}

/** A function that the model may ask to have called. */
export interface ToolDefinition {
	readonly name: string;
	readonly description?: string;
	/** JSON Schema of the arguments. */
	readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Whether tools may, must or must not be called, or which one must. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/** The form that the answer must take. */
export type ResponseFormat =
	| { readonly type: "text" }
	| { readonly type: "json"; readonly schema?: Readonly<Record<string, unknown>>; readonly name?: string };

/** What can be set beside the messages. A provider that cannot honour a setting says so in the completion's warnings. */
export interface ChatSettings {
	/** System prompt. It goes before any `system` message in `messages`. */
	readonly system?: string;
	/** Sampling temperature, 0 or more. */
	readonly temperature?: number;
	/** Nucleus sampling, above 0 and up to 1. */
	readonly topP?: number;
	/** The most tokens that the answer may have. */
	readonly maxTokens?: number;
	/** The answer ends before any of these strings. */
	readonly stop?: string | readonly string[];
	/** Seed for sampling, an integer. */
	readonly seed?: number;
	readonly tools?: readonly ToolDefinition[];
	readonly toolChoice?: ToolChoice;
	readonly responseFormat?: ResponseFormat;
	/** The caller's own notes: passed on, never sent to a provider's server. */
	readonly metadata?: Readonly<Record<string, unknown>>;
	/** Options for one provider alone, under that provider's name. */
	readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a caller asks. */
export interface ChatRequest extends ChatSettings {
	/**
	 * Whom to ask: a chain's name, a provider's name, `provider:model`, a model id or alias; a list is a chain made on the spot.
	 * Without it the chain `default` is asked, else whoever is registered alone, else the only provider.
	 */
	readonly model?: string | readonly string[];
	/** The conversation, or one user message as plain text. */
	readonly messages: string | readonly ChatMessage[];
}

/** What a provider is asked: the caller's request with `model` resolved to that provider's own model id and `messages` as a list. */
export interface ProviderRequest extends ChatSettings {
	/** The provider's own model id. Empty where the provider declares no models. */
	readonly model: string;
	readonly messages: readonly ChatMessage[];
}
