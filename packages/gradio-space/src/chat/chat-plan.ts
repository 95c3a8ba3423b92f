import type { SpacePart } from "../files/part-file.ts";
import type { FixedEndpoint } from "../handshake/bind-by-name.ts";
import type { SpaceComponent } from "../handshake/space-config.ts";
import type { InputSetting } from "./input-roles.ts";

/** What an input of a call gets. */
export type ChatInput =
	/** The new question, with whatever has no input of its own. */
	| { readonly kind: "message"; readonly multimodal: boolean }
	/** The whole conversation as a list of messages. */
	| { readonly kind: "messages" }
	/** The earlier turns, in the form of the Space's Chatbot. */
	| { readonly kind: "history" }
	/** The system prompt, or the Space's own where there is none. */
	| { readonly kind: "system"; readonly value: unknown }
	/** A setting of the request, or the Space's own. */
	| ({ readonly kind: "setting"; readonly setting: InputSetting; readonly value: unknown } & NumberRange)
	/** Whether the seed is drawn: not where the request has one. */
	| { readonly kind: "random-seed"; readonly value: unknown }
	/** An image or a file of the last message, or nothing. */
	| { readonly kind: "media"; readonly accepts: readonly SpacePart[] }
	/** What an earlier call of the turn gave. */
	| { readonly kind: "output"; readonly call: number; readonly index: number }
	/** Always the same. */
	| { readonly kind: "value"; readonly value: unknown };

/** The numbers that an input takes. */
export interface NumberRange {
	readonly minimum?: number;
	readonly maximum?: number;
	readonly step?: number;
}

/** One call of a turn. */
export interface ChatCall {
	/** The function's name, or its number where it has none. */
	readonly api: string;
	/** For a function without a name. */
	readonly fallback?: FixedEndpoint;
	readonly inputs: readonly ChatInput[];
}

/** How a Space is chatted with. */
export interface ChatPlan {
	/** Why this is a chat, in words. */
	readonly reason: string;
	/** The calls of a turn, in one session where there are several. The last one answers. */
	readonly calls: readonly ChatCall[];
	/** Where the answer stands in the outputs of the last call. */
	readonly answer: { readonly index: number; readonly kind: "chatbot" | "text" };
	/** The Chatbot that takes the earlier turns, where one does. */
	readonly chatbot?: SpaceComponent;
	/** Another plan for requests with earlier turns, which this one has no place for. */
	readonly withHistory?: ChatPlan;
}
