/** A request's body, as it goes over the wire. Its fields are those of OpenAI's chat completions until the quirks are applied. */
export type WireBody = Record<string, unknown>;

/** One piece of a message's content. */
export type WirePart =
	| { readonly type: "text"; readonly text: string }
	| { readonly type: "image_url"; readonly image_url: { readonly url: string } }
	| { readonly type: "input_audio"; readonly input_audio: { readonly data: string; readonly format: string } }
	| { readonly type: "file"; readonly file: { readonly filename?: string; readonly file_data: string } };

/** One message. */
export interface WireMessage {
	readonly role: string;
	readonly content: string | readonly WirePart[] | null;
	readonly name?: string;
	readonly tool_calls?: readonly object[];
	readonly tool_call_id?: string;
}
