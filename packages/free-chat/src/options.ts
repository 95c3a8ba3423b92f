import type { AsyncGeneratorProvider, ChainOptionsInput } from "@spaceport/core";
import type { Fetch } from "@spaceport/http";
import type { EndpointId } from "@spaceport/provider-openai";

import type { Recipient } from "./recipient.ts";

/** What {@link createFreeChat} takes: all of it may be left out. The options of chains hold for this chain. */
export interface FreeChatOptions extends ChainOptionsInput {
	/** The name that it is registered under. @default "free-chat" */
	readonly name?: string | undefined;
	/** More chat Spaces, asked after Qwen2-72B-Instruct in this order: `owner/name`, the address of a Gradio server, or a provider. @default [] */
	readonly spaces?: readonly (string | AsyncGeneratorProvider)[] | undefined;
	/**
	 * More endpoints, by their ids: those that log prompts or train on them, such as `kilo`, those whose terms have to be read first, such as `mistral`, and servers on this
	 * machine, such as `ollama`, take part only where they are named here.
	 *
	 * @default []
	 */
	readonly endpoints?: readonly (EndpointId | (string & {}))[] | undefined;
	/**
	 * Keys of endpoints, by their ids, such as `{ groq: "gsk_…" }`; one that is undefined counts as none. The endpoints take part, after those that need no key. One that
	 * may not take part by itself has to be named in `endpoints` as well.
	 */
	readonly keys?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
	/** The names of those that are not asked: `qwen-2-72b`, `owner/name`, the id of an endpoint, `local`. @default [] */
	readonly without?: readonly string[] | undefined;
	/**
	 * Who answers when nobody else can; `false` for nobody.
	 *
	 * @default the small model of `@spaceport/provider-local`, loaded when it is asked; in browsers nobody
	 */
	readonly local?: false | AsyncGeneratorProvider | undefined;
	/** Providers that are asked in place of those of the same name, such as `{ "qwen-2-72b": createQwen2_72b({ baseUrl }) }`. */
	readonly providers?: Readonly<Record<string, AsyncGeneratorProvider>> | undefined;
	/** A Hugging Face token for the Spaces. @default none: they are asked as nobody */
	readonly token?: string | undefined;
	/** Where the hub is that knows the Spaces. @default "https://huggingface.co" */
	readonly hubUrl?: string | undefined;
	/** Sends the requests. @default the global fetch, looked up at each call */
	readonly fetch?: Fetch | undefined;
	/** Hears who gets the prompt, right before it goes there. What it throws is logged, and otherwise ignored. */
	readonly onRecipient?: ((recipient: Recipient) => void) | undefined;
}
