import type { PlainFact } from "@spaceport/http";

/** Something that went wrong with an endpoint, as it was seen. */
export type EndpointFact =
	| PlainFact
	/** The request is nothing that JSON can write. */
	| { readonly kind: "not-json"; readonly cause: unknown }
	/** No connection, or it broke before an answer. */
	| { readonly kind: "no-answer"; readonly phase: string; readonly cause: unknown }
	/** The answer sends the caller to another place. */
	| { readonly kind: "redirect"; readonly phase: string; readonly status: number; readonly location: string | undefined }
	/** An answer with a status of failure. `body` is its beginning. */
	| { readonly kind: "status"; readonly phase: string; readonly status: number; readonly headers: Headers; readonly body: string }
	/** An error in an answer whose status says that all is well. `said` is the parsed body, or what stood in the stream. */
	| { readonly kind: "said"; readonly phase: string; readonly headers: Headers; readonly said: unknown }
	/** An answer that is not what belongs there. `body` is its beginning. */
	| { readonly kind: "unreadable"; readonly phase: string; readonly body: string; readonly cause?: unknown }
	/** An event of more characters, or a body of more bytes, than are taken. */
	| { readonly kind: "too-large"; readonly limit: number; readonly cause: unknown }
	/** The stream ended before the answer did. */
	| { readonly kind: "ended-early"; readonly textSoFar: string; readonly cause: unknown }
	/** The endpoint gave the answer up, says its finish reason. */
	| { readonly kind: "given-up"; readonly reason: string; readonly textSoFar: string }
	/** The answer is whole, and nothing is in it. */
	| { readonly kind: "empty"; readonly reason: string | undefined; readonly hasReasoning: boolean; readonly verdict: string | undefined }
	/** The answer was held back. */
	| { readonly kind: "filtered"; readonly reason: string | undefined }
	/** Another model answered than the one that was asked. */
	| { readonly kind: "other-model"; readonly asked: string; readonly answered: string }
	/** An answer that does not have the embeddings that were asked for. */
	| { readonly kind: "bad-embeddings"; readonly why: string }
	/** The server's list has no model of the kind that is wanted. */
	| { readonly kind: "no-model"; readonly wanted: "chat" | "embeddings"; readonly known: readonly string[] };

/** Makes the error of a fact. */
export type ToError = (fact: EndpointFact) => Error;
