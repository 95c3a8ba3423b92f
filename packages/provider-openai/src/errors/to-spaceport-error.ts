import {
	AuthenticationError,
	ContentFilteredError,
	ContextLengthError,
	GenerationError,
	InvalidRequestError,
	NetworkError,
	NoSuchModelError,
	ProtocolError,
	QueueFullError,
	QuotaExceededError,
	RateLimitedError,
	readRetryAfter,
	type SpaceportError,
	StreamInterruptedError,
	UnsupportedError,
} from "@spaceport/core";
import { causeWords, createScrubber, isHtml, isPlain, plainError, type Secrets, shorten } from "@spaceport/http";

import type { Quirks } from "../quirks.ts";
import { classify } from "./classify.ts";
import type { EndpointFact } from "./fact.ts";
import { readError, type SaidError } from "./read-error.ts";
import { readTokenCounts } from "./token-counts.ts";

/** Whose error it is. */
export interface ErrorPlace {
	/** The provider's name. */
	readonly name: string;
	/** The endpoint's address, without a query. */
	readonly address: string;
	readonly quirks: Quirks;
	readonly secrets: Secrets;
	/** The model that was asked; undefined where none was. */
	readonly model: string | undefined;
	/** The ids of the models that it is said to have. */
	readonly known: readonly string[];
	/** The key that it was asked with, by its name; undefined where there is none. */
	readonly key: string | undefined;
}

const sampleLength = 200;
const askAgain = "Ask again, or ask another provider.";

/**
 * What happened, as a typed error. This and `plainError` are the only places that know which fact is which class.
 *
 * @param fact - what was seen
 * @param place - whose it is
 */
export function toSpaceportError(fact: EndpointFact, place: ErrorPlace): SpaceportError {
	const { address, name: provider } = place;
	if (isPlain(fact)) return plainError(fact, address);
	const scrubber = createScrubber(place.secrets);
	const clean = (text: string): string => shorten(scrubber.text(text));
	switch (fact.kind) {
		case "not-json":
			return new InvalidRequestError(`The request cannot be written as JSON: ${clean(causeWords(fact.cause))}`, {
				path: "request",
				cause: scrubber.cause(fact.cause),
				provider,
				hint: "Give texts, numbers, booleans, null, and lists and objects of these, without circles.",
			});
		case "no-answer":
			return new NetworkError(`No answer from ${address} (${fact.phase})${after(clean(causeWords(fact.cause)))}`, {
				phase: fact.phase,
				cause: scrubber.cause(fact.cause),
				provider,
				hint: "Look whether the address is right, the server runs and the network is there.",
			});
		case "redirect": {
			const target = fact.location !== undefined && URL.canParse(fact.location) ? new URL(fact.location) : undefined;
			const where = target === undefined || target.origin === "null" ? "another place" : clean(`${target.origin}${target.pathname}`);
			return new ProtocolError(`${address} sends its callers to ${where}, which is not followed (${fact.status}, ${fact.phase}).`, {
				protocol: "http",
				provider,
				hint: "If that is where it is now, give that address as baseUrl.",
			});
		}
		case "status": {
			const { status, headers, body, phase } = fact;
			return fromSaid(readError(body), { status, headers, body, phase }, place, clean);
		}
		case "said": {
			const { headers, said, phase } = fact;
			return fromSaid(readError(said), { status: undefined, headers, body: said, phase }, place, clean);
		}
		case "unreadable": {
			const what = isHtml(fact.body) ? "an HTML page" : "something";
			return new ProtocolError(`${address} answered with ${what} that is no answer of a model (${fact.phase}).`, {
				protocol: "openai",
				sample: scrubber.text(fact.body).trim().slice(0, sampleLength),
				cause: scrubber.cause(fact.cause),
				provider,
				hint: "Look whether baseUrl is right: most end in /v1.",
			});
		}
		case "too-large":
			return new ProtocolError(`${address} sent more than ${fact.limit} characters at once.`, {
				protocol: "openai",
				cause: scrubber.cause(fact.cause),
				provider,
			});
		case "ended-early": {
			const why = fact.cause === undefined ? "." : after(clean(causeWords(fact.cause)));
			return new StreamInterruptedError(`The stream from ${address} ended before the answer did${why}`, {
				textSoFar: scrubber.text(fact.textSoFar),
				...(fact.cause !== undefined && { cause: scrubber.cause(fact.cause) }),
				provider,
				hint: fact.textSoFar === "" ? "Ask again." : "Ask again; textSoFar has what came.",
			});
		}
		case "given-up":
			return new StreamInterruptedError(`${address} gave the answer up: its finish reason is ${JSON.stringify(clean(fact.reason))}.`, {
				textSoFar: scrubber.text(fact.textSoFar),
				provider,
				hint: askAgain,
			});
		case "empty": {
			const { reason, hasReasoning, verdict } = fact;
			const what = verdict === undefined ? "an empty answer" : `nothing but ${JSON.stringify(clean(verdict))}`;
			const tokens = reason !== undefined && /length|max/i.test(reason);
			return new GenerationError(
				`${address} gave ${what}${hasReasoning ? ", after its reasoning" : ""}${reason === undefined ? "" : ` (${clean(reason)})`}.`,
				{
					detail: "empty answer",
					provider,
					hint: tokens ? "Its tokens were used up before the answer: allow more with maxTokens." : askAgain,
				},
			);
		}
		case "filtered":
			return new ContentFilteredError(`${address} held the answer back${fact.reason === undefined ? "" : ` (${clean(fact.reason)})`}.`, {
				reason: fact.reason === undefined ? undefined : clean(fact.reason),
				provider,
				hint: "Say it in other words.",
			});
		case "other-model":
			return new NoSuchModelError(`${address} answered with "${clean(fact.answered)}" in place of "${clean(fact.asked)}".`, {
				reference: fact.asked,
				known: [clean(fact.answered)],
				provider,
				hint: "The model may be gone there: look at its list of models.",
			});
		case "bad-embeddings":
			return new ProtocolError(`${address} gave embeddings that cannot be used: ${fact.why}.`, {
				protocol: "openai",
				provider,
				hint: "Look whether the model makes embeddings.",
			});
		case "no-model":
			return new NoSuchModelError(`${address} lists no model that ${fact.wanted === "chat" ? "chats" : "makes embeddings"}.`, {
				reference: "",
				known: fact.known,
				provider,
				hint: "Name a model, in the request or in the option models.",
			});
	}
}

interface Source {
	readonly status: number | undefined;
	readonly headers: Headers;
	readonly body: unknown;
	readonly phase: string;
}

function fromSaid(said: SaidError, source: Source, place: ErrorPlace, clean: (text: string) => string): SpaceportError {
	const { address, name: provider, model, known, key } = place;
	const { phase } = source;
	const status = source.status ?? said.status;
	const isPage = typeof source.body === "string" && isHtml(source.body);
	const { is, hint } = classify({ status: source.status, said, asksModel: model !== undefined, isPage }, place.quirks);
	const detail = clean(said.message);
	const words = detail === "" && said.codes.size > 0 ? clean([...said.codes].join(", ")) : detail;
	const where = `(${status === undefined ? phase : `${status}, ${phase}`})${after(words)}`;
	const waits = { retryAfterMs: readRetryAfter({ headers: source.headers, body: source.body }) };
	switch (is) {
		case "authentication":
			return new AuthenticationError(`${address} refused the ${key ?? "request, which has no key"} ${where}`, {
				status,
				provider,
				hint: hint ?? (key !== undefined ? "Look whether the key is good, and may use this model." : "Give a key with apiKey."),
			});
		case "quota-exceeded":
			return new QuotaExceededError(`The quota at ${address} is used up ${where}`, {
				...waits,
				provider,
				hint: hint ?? "Wait until it comes back, or look at the account's plan.",
			});
		case "rate-limited":
			return new RateLimitedError(`${address} takes no more requests for now ${where}`, {
				...waits,
				provider,
				hint: hint ?? "Ask again later, or less often.",
			});
		case "queue-full":
			return new QueueFullError(`${address} has too much to do ${where}`, { ...waits, provider, hint: hint ?? "Ask again later." });
		case "network":
			return new NetworkError(`${address} cannot answer now ${where}`, { phase, ...waits, provider, hint: hint ?? "Ask again later." });
		case "context-length":
			return new ContextLengthError(`The conversation is too long for ${model ? `"${clean(model)}" at ` : ""}${address} ${where}`, {
				...readTokenCounts(said),
				provider,
				hint: hint ?? "Leave earlier messages out, or ask a model that takes more.",
			});
		case "content-filtered":
			return new ContentFilteredError(`${address} refused what was asked ${where}`, {
				reason: words === "" ? undefined : words,
				provider,
				hint: hint ?? "Say it in other words.",
			});
		case "no-such-model":
			return new NoSuchModelError(`${address} has no model "${clean(model ?? "")}" ${where}`, {
				reference: model ?? "",
				known,
				provider,
				hint: hint ?? "Look at its list of models: listModels() reads it.",
			});
		case "unsupported":
			return new UnsupportedError(`${address} does not take this request ${where}`, {
				capability: clean(said.param ?? "") || "request",
				provider,
				hint: hint ?? "Leave out what it does not take, or ask another provider.",
			});
		case "invalid-request":
			return new InvalidRequestError(`${address} says that the request is wrong ${where}`, {
				path: clean(said.param ?? "") || "request",
				provider,
			});
		case "generation":
			return new GenerationError(`${address} failed ${where}`, { ...(detail !== "" && { detail }), provider, hint: hint ?? askAgain });
		case "protocol":
			return new ProtocolError(`${address} answered with something else than was asked ${where}`, {
				protocol: "openai",
				sample: typeof source.body === "string" ? clean(source.body).slice(0, sampleLength) : undefined,
				provider,
				hint: hint ?? "Look whether baseUrl is right: most end in /v1.",
			});
	}
}

function after(words: string): string {
	return words === "" ? "" : `: ${words}`;
}
