import {
	AuthenticationError,
	GenerationError,
	InvalidRequestError,
	NetworkError,
	ProtocolError,
	QueueFullError,
	QuotaExceededError,
	RateLimitedError,
	type RetryAfterSources,
	readRetryAfter,
	SpaceContractError,
	type SpaceportError,
	type SpaceStage,
	SpaceUnavailableError,
	StreamInterruptedError,
	UnsupportedError,
} from "@spaceport/core";
import {
	causeWords,
	createScrubber,
	describeIssue,
	isHtml,
	isPlain,
	parseJson,
	plainError,
	type Scrubber,
	type Secrets,
	shorten,
} from "@spaceport/http";

import type { FixedEndpoint } from "./handshake/bind-by-name.ts";
import { describeAbsence } from "./handshake/describe-misfit.ts";
import type { SpaceEndpoint } from "./handshake/space-config.ts";
import { unquotePython } from "./unquote-python.ts";
import { parseZeroGpuRefusal } from "./zero-gpu-quota.ts";

/** The request during which something happened. */
export type SpacePhase = "config" | "info" | "login" | "join" | "stream" | "run" | "cancel" | "upload" | "download" | "fetch" | "hub";

/** Something that went wrong with a Space, as it was seen. */
export type SpaceFact =
	/** The caller's signal aborted. */
	| { readonly kind: "aborted"; readonly reason: unknown }
	/** The inputs are nothing that JSON can write. */
	| { readonly kind: "not-json"; readonly cause: unknown }
	/** No connection, or it broke before an answer. */
	| { readonly kind: "no-answer"; readonly phase: SpacePhase; readonly cause: unknown }
	/** No answer in time. */
	| { readonly kind: "late"; readonly phase: SpacePhase; readonly afterMs: number }
	/** The answer sends the caller to another place. */
	| { readonly kind: "redirect"; readonly phase: SpacePhase; readonly status: number; readonly location: string | undefined }
	/** An answer with another status than 200. `body` is its beginning. */
	| {
			readonly kind: "status";
			readonly phase: SpacePhase;
			readonly status: number;
			readonly body: string;
			/** Those of the answer, where it says in them when to ask again. */
			readonly headers?: Headers;
	  }
	/** An answer with status 200 that is not what belongs there. `body` is its beginning. */
	| { readonly kind: "unreadable"; readonly phase: SpacePhase; readonly body: string }
	/** An event of more characters, or an answer of more bytes, than are taken. */
	| { readonly kind: "too-large"; readonly limit: number; readonly cause: unknown }
	/** Nothing came for too long: on a stream, or until the answer of an un-queued call. */
	| { readonly kind: "silent"; readonly phase: SpacePhase; readonly afterMs: number }
	/** The call took longer than it may in all. */
	| { readonly kind: "too-long"; readonly afterMs: number }
	/** The Space speaks a protocol that this package does not. */
	| { readonly kind: "unsupported-protocol"; readonly protocol: string | undefined; readonly version: string | undefined }
	/** This runtime, or the way in which the function is to be called, cannot do something. */
	| { readonly kind: "cannot"; readonly capability: string; readonly reason: string; readonly hint: string }
	/** The server closed the WebSocket, or the connection for it was refused. */
	| { readonly kind: "socket-refused"; readonly code: number | undefined; readonly reason: string; readonly cause: unknown }
	/** The app does not let the user in; without a `body` it has no login of Gradio's kind. */
	| { readonly kind: "login-refused"; readonly user: string; readonly status: number; readonly body: string | undefined }
	/** A caller's file cannot be used. `path` is what of the request it is. */
	| { readonly kind: "bad-file"; readonly path: string; readonly why: string; readonly hint: string }
	/** The caller's source of an upload failed. */
	| { readonly kind: "source-failed"; readonly cause: unknown }
	/** The server does not give a file away, or has it no more. */
	| { readonly kind: "not-served"; readonly status: number; readonly file: string; readonly body: string }
	/** A file has more bytes than the caller takes. */
	| { readonly kind: "file-too-large"; readonly limit: number }
	/** The queue took no more jobs. */
	| { readonly kind: "queue-full" }
	/** The caller does not want to wait so long. */
	| { readonly kind: "left-queue"; readonly rank: number; readonly size: number | undefined; readonly etaMs: number | undefined }
	/** The stream of a session's job did not end after the job did. */
	| { readonly kind: "session-unsettled"; readonly api: string }
	/** An un-queued call gave the first value of a function that has more. */
	| { readonly kind: "first-of-many" }
	/** The hub says that it does not run (`reported` in its own word), or it did not for `afterMs`. */
	| {
			readonly kind: "not-running";
			readonly stage: SpaceStage;
			readonly reported: string | undefined;
			readonly afterMs: number | undefined;
	  }
	/** The hub does not answer with this token. */
	| { readonly kind: "hub-refused"; readonly hubUrl: string; readonly status: number }
	/** The Space has no such function, or it takes something else. */
	| { readonly kind: "contract"; readonly expected: string; readonly found: string }
	| {
			readonly kind: "no-function";
			readonly wanted: readonly string[];
			readonly fixed: FixedEndpoint | undefined;
			readonly endpoints: readonly SpaceEndpoint[];
	  }
	/** `process_completed` without success. */
	| { readonly kind: "failed"; readonly error: unknown; readonly title: string | undefined }
	/** `unexpected_error`. */
	| { readonly kind: "unexpected"; readonly message: string; readonly sessionNotFound: boolean; readonly textSoFar: string }
	/** `process_completed` without data: somebody else cancelled the job. */
	| { readonly kind: "cancelled"; readonly textSoFar: string }
	/** The stream ended before the job did. */
	| { readonly kind: "ended-early"; readonly textSoFar: string; readonly cause: unknown };

const sampleLength = 200;
const logIn = "Give a token that may use this Space, or the app's own user and password with auth: [user, password].";
/** What to do about an answer that broke off. */
function askAgain(textSoFar: string): string {
	return textSoFar === "" ? "Ask again." : "Ask again; textSoFar has what came.";
}

const askOwner = "Ask again; where it fails again, only the Space's own log says why.";

/**
 * What happened, as a typed error. This and `plainError` are the only places that know which fact is which class.
 *
 * @param fact - what was seen
 * @param space - the Space's address
 * @param secrets - what is taken out of every text
 */
export function toSpaceportError(fact: SpaceFact, space: string, secrets: Secrets): SpaceportError {
	if (isPlain(fact)) return plainError(fact, space);
	const scrubber = createScrubber(secrets);
	const clean = scrubber.text;
	switch (fact.kind) {
		case "not-json":
			return new InvalidRequestError(`The inputs cannot be written as JSON: ${clean(causeWords(fact.cause))}`, {
				path: "data",
				cause: scrubber.cause(fact.cause),
				hint: "Give texts, numbers, booleans, null, and lists and objects of these, without circles.",
			});
		case "no-answer":
			return new NetworkError(`No answer from ${space} (${fact.phase})${after(clean(causeWords(fact.cause)))}`, {
				phase: fact.phase,
				cause: scrubber.cause(fact.cause),
				hint: "Look whether the address is right and the network is there.",
			});
		case "redirect":
			return fromRedirect(fact, space, clean);
		case "status":
			return fromStatus(fact, space, clean);
		case "unreadable":
			return fromUnreadable(fact.phase, fact.body, space, clean);
		case "too-large":
			return new ProtocolError(`${space} sent more than ${fact.limit} characters at once.`, {
				protocol: "gradio",
				cause: scrubber.cause(fact.cause),
			});
		case "unsupported-protocol": {
			const version = clean(fact.version ?? "of an unknown version");
			const protocol = fact.protocol === undefined ? undefined : clean(fact.protocol);
			return new UnsupportedError(
				`${space} runs Gradio ${version} with ${
					protocol === undefined ? "no protocol in its config" : `the queue protocol "${protocol}"`
				}; this version of Spaceport speaks WebSocket (Gradio 3), sse and sse_v1 to sse_v3.`,
				{
					capability: `gradio-protocol:${protocol ?? "unknown"}`,
					hint: 'Look for a newer Spaceport, or try the option protocol: "call".',
				},
			);
		}
		case "cannot":
			return new UnsupportedError(`${space} cannot be asked this way: ${fact.reason}`, { capability: fact.capability, hint: fact.hint });
		case "socket-refused":
			return fromSocket(fact, space, scrubber);
		case "bad-file":
			return new InvalidRequestError(`A file cannot be used: ${clean(fact.why)}.`, { path: fact.path, hint: clean(fact.hint) });
		case "source-failed":
			return new InvalidRequestError(`The source of an upload failed${after(clean(causeWords(fact.cause)))}`, {
				path: "source",
				cause: scrubber.cause(fact.cause),
			});
		case "not-served": {
			const said = after(readDetail(fact.body, clean));
			return new InvalidRequestError(`${space} does not serve the file ${clean(JSON.stringify(fact.file))} (${fact.status})${said}`, {
				path: "file",
				hint: "Files of calls are gone after the app has started again: call the function once more. Others have to be allowed by the app.",
			});
		}
		case "file-too-large":
			return new ProtocolError(`${space} sent a file of more than ${fact.limit} bytes.`, {
				protocol: "http",
				hint: "Take more with maxBytes, or read its body piece by piece.",
			});
		case "login-refused":
			return fromLogin(fact, space, clean);
		case "queue-full":
			return new QueueFullError(`The queue of ${space} is full.`, { hint: "Ask again later." });
		case "session-unsettled":
			return new ProtocolError(`${space} did not end the stream of ${fact.api}, so its session cannot be used again.`, {
				protocol: "gradio",
				hint: "Begin a new session.",
			});
		case "left-queue": {
			const { rank, size, etaMs } = fact;
			const eta = etaMs === undefined ? "" : `, for about ${Math.ceil(etaMs / 1000)} s`;
			return new QueueFullError(
				`The queue of ${space} is too long: ${rank} jobs are before this one${eta}, and leaveQueueWhen said to leave.`,
				{
					queueSize: size,
					retryAfterMs: etaMs,
					hint: "Ask another provider, or wait longer.",
				},
			);
		}
		case "first-of-many":
			return new UnsupportedError(`${space} answers an un-queued call of this function with its first value alone.`, {
				capability: "gradio-protocol:run",
				hint: "Leave the option protocol out: its queue gives all values.",
			});
		case "not-running": {
			const { stage, reported, afterMs } = fact;
			const said = reported === undefined ? "" : ` (${clean(reported)}, says the hub)`;
			const waited = afterMs === undefined ? "" : `, also after ${afterMs} ms`;
			return new SpaceUnavailableError(`The Space at ${space} ${stageWords[stage]}${said}${waited}.`, {
				stage,
				hint: afterMs === undefined ? stageHints[stage] : "Ask again in a minute, or give it more time with wakeMs.",
			});
		}
		case "hub-refused":
			return new AuthenticationError(`The hub at ${fact.hubUrl} refused to tell about ${space} (${fact.status}).`, {
				status: fact.status,
				hint: "The token is not valid, or may not see this Space. A public Space needs none.",
			});
		case "contract":
			return contract(space, clean(fact.expected), clean(fact.found));
		case "no-function": {
			const { expected, found } = describeAbsence(fact.wanted, fact.fixed, fact.endpoints);
			return contract(space, clean(expected), clean(found));
		}
		case "failed":
			return fromFailure(fact.error, fact.title, space, clean);
		case "unexpected":
			if (fact.sessionNotFound) {
				return new StreamInterruptedError(`${space} has lost the session: ${clean(fact.message)}`, {
					textSoFar: clean(fact.textSoFar),
					hint: askAgain(fact.textSoFar),
				});
			}
			return fromFailure(fact.message, undefined, space, clean);
		case "cancelled":
			return new StreamInterruptedError(`The job was cancelled at ${space}, and not by this caller.`, {
				textSoFar: clean(fact.textSoFar),
				hint: askAgain(fact.textSoFar),
			});
		case "ended-early":
			return new StreamInterruptedError(`The stream from ${space} ended before the answer did.`, {
				textSoFar: clean(fact.textSoFar),
				hint: askAgain(fact.textSoFar),
				...(fact.cause === undefined ? {} : { cause: scrubber.cause(fact.cause) }),
			});
	}
}

function fromLogin(fact: Extract<SpaceFact, { kind: "login-refused" }>, space: string, clean: (text: string) => string): SpaceportError {
	const { status, body } = fact;
	const user = clean(JSON.stringify(fact.user));
	if (body === undefined) {
		return new AuthenticationError(`${space} asks for a login, and takes no user and password at /login (${status}).`, {
			status,
			hint: "Its login is not Gradio's own. Give in headers what it wants, such as a cookie or a token.",
		});
	}
	return new AuthenticationError(`${space} does not let ${user} in (${status})${after(readDetail(body, clean))}`, {
		status,
		hint: "Look at the user and the password in the option auth; the password is not shown here.",
	});
}

/** 1008 is what Gradio 3 closes with where a login is missing. A handshake that was refused tells a WebSocket's owner nothing more than that. */
function fromSocket(fact: Extract<SpaceFact, { kind: "socket-refused" }>, space: string, scrubber: Scrubber): SpaceportError {
	if (fact.code === 1008) {
		return new AuthenticationError(`${space} closed the WebSocket: it asks for a login.`, {
			hint: logIn,
		});
	}
	const said = scrubber.text([...new Set([fact.reason, causeWords(fact.cause)])].filter((part) => part !== "").join(": "));
	return new NetworkError(`No WebSocket to ${space} (join)${after(said)}`, {
		phase: "join",
		cause: scrubber.cause(fact.cause),
		hint: "Look whether the address is right, and whether a proxy lets WebSockets through.",
	});
}

function fromRedirect(fact: Extract<SpaceFact, { kind: "redirect" }>, space: string, clean: (text: string) => string): SpaceportError {
	const target = fact.location !== undefined && URL.canParse(fact.location) ? new URL(fact.location) : undefined;
	if (target !== undefined && /\/login\b|\/oauth\b/.test(target.pathname)) {
		return new AuthenticationError(`${space} asks for a login at ${clean(target.origin)}.`, {
			status: fact.status,
			hint: logIn,
		});
	}
	const where = target === undefined || target.origin === "null" ? "another place" : clean(`${target.origin}${target.pathname}`);
	return new ProtocolError(`${space} sends its callers to ${where}, which is not followed (${fact.phase}).`, {
		protocol: "http",
		hint: "If that is where the Space is now, give that address.",
	});
}

function fromStatus(fact: Extract<SpaceFact, { kind: "status" }>, space: string, clean: (text: string) => string): SpaceportError {
	const { phase, status } = fact;
	const detail = readDetail(fact.body, clean);
	const said = after(detail);
	if (status === 401 || status === 403) {
		return new AuthenticationError(`${space} refused the ${phase} request with ${status}${said}`, {
			status,
			hint: logIn,
		});
	}
	if (status === 413) {
		return new UnsupportedError(`${space} does not take so large a request (413, ${phase})${said}`, {
			capability: "request-size",
			hint: "Send a smaller file.",
		});
	}
	const quota = parseZeroGpuRefusal(detail);
	if (quota !== undefined) return quotaExceeded(detail, space, quota, fact);
	if (status === 429) {
		return new RateLimitedError(`${space} takes no more requests for now (429)${said}`, {
			retryAfterMs: readRetryAfter(fact),
			hint: "Wait, give a token, or ask a copy of the Space of your own.",
		});
	}
	if (phase === "join" && /queue is full/i.test(detail)) {
		const size = /size is (\d+)\.?\s*$/i.exec(detail)?.[1];
		return new QueueFullError(`The queue of ${space} is full${said}`, {
			queueSize: size === undefined ? undefined : Number(size),
			retryAfterMs: readRetryAfter(fact),
			hint: "Ask again later.",
		});
	}
	if (status === 404 && phase === "config") {
		return new SpaceUnavailableError(`There is no Space at ${space}: its config is not found (404).`, {
			stage: "gone",
			hint: "The Space was removed, renamed or made private. A private one needs a token.",
		});
	}
	const stage = isHtml(fact.body) ? pageStage(fact.body) : undefined;
	if (stage !== undefined && status !== 404) return unavailable(space, stage);
	if ((phase === "join" || phase === "run") && (status === 404 || status === 405 || status === 422)) {
		return contract(
			space,
			phase === "join" ? "a queue that takes this request" : "a function that may be called past the queue",
			`${status}${said}`,
		);
	}
	if (status === 404 || status === 405 || status === 422) {
		return new ProtocolError(`${space} answered the ${phase} request with ${status}${said}`, {
			protocol: "gradio",
			sample: sampleOf(fact.body, clean),
		});
	}
	if (status === 408 || status === 502 || status === 503 || status === 504) {
		return new NetworkError(`${space} cannot be reached through its proxy (${status}, ${phase})${said}`, {
			phase,
			retryAfterMs: readRetryAfter(fact),
			hint: "Ask again later.",
		});
	}
	if (status >= 500 && phase === "config") return unavailable(space, "error");
	if (status >= 500) {
		const message = `${space} failed with ${status} (${phase})${said}`;
		return new GenerationError(message, { ...(detail === "" ? {} : { detail }), hint: askOwner });
	}
	return new ProtocolError(`${space} answered the ${phase} request with ${status}${said}`, {
		protocol: "gradio",
		sample: sampleOf(fact.body, clean),
	});
}

function fromUnreadable(phase: SpacePhase, body: string, space: string, clean: (text: string) => string): SpaceportError {
	const html = isHtml(body);
	const stage = html ? pageStage(body) : undefined;
	if (stage !== undefined) return unavailable(space, stage);
	const what = html ? "an HTML page" : "something";
	return new ProtocolError(`${space} answered the ${phase} request with ${what} that is not what a Gradio server sends.`, {
		protocol: "gradio",
		sample: sampleOf(body, clean),
		hint: "Look whether the address is that of a Gradio server.",
	});
}

function fromFailure(error: unknown, title: string | undefined, space: string, clean: (text: string) => string): SpaceportError {
	const raw = typeof error === "string" && error !== "None" ? unquotePython(error).trim() : "";
	const detail = clean(raw).slice(0, 4000);
	const heading = title === undefined ? undefined : clean(title);
	if (detail === "") {
		return new GenerationError(`${space} failed without saying why.`, { title: heading, hint: askOwner });
	}
	const quota = parseZeroGpuRefusal(`${heading ?? ""} ${detail}`);
	if (quota !== undefined) return quotaExceeded(detail, space, quota, { body: detail });
	// Many apps ask an API themselves, and show what it said.
	if (/\brate.?limit|too many requests/i.test(detail)) {
		return new RateLimitedError(`${space} failed: ${detail}`, { retryAfterMs: readRetryAfter({ body: detail }) });
	}
	return new GenerationError(`${space} failed: ${detail}`, { title: heading, detail });
}

function quotaExceeded(
	detail: string,
	space: string,
	quota: NonNullable<ReturnType<typeof parseZeroGpuRefusal>>,
	said: RetryAfterSources,
): QuotaExceededError {
	return new QuotaExceededError(`The GPU quota at ${space} is used up: ${detail}`, {
		...quota,
		retryAfterMs: quota.retryAfterMs ?? readRetryAfter(said),
		hint: "Wait until it comes back, or give a token: without one the quota is that of your address.",
	});
}

function contract(space: string, expected: string, found: string): SpaceContractError {
	return new SpaceContractError(`${space} does not have what was asked for: expected ${expected}; found ${found}`, {
		expected,
		found,
		hint: "Look at the name and the inputs; where a provider asked, the Space has changed: look for a newer version of it.",
	});
}

const stageWords: Readonly<Record<SpaceStage, string>> = {
	sleeping: "is asleep",
	building: "is being built",
	paused: "is paused",
	error: "does not run: it has an error",
	gone: "is gone",
	unknown: "does not run",
};

const upSoon = "The request has woken it, or it will be up soon: ask again in a minute.";
const stageHints: Readonly<Record<SpaceStage, string>> = {
	sleeping: upSoon,
	building: upSoon,
	paused: "Only its owner can start it.",
	error: "Only its owner can start it.",
	gone: "It was removed or renamed, or it is private, which looks the same: a private one needs a token that may see it.",
	unknown: "Look at the address whether it runs.",
};

function unavailable(space: string, stage: SpaceStage): SpaceUnavailableError {
	return new SpaceUnavailableError(`The Space at ${space} ${stageWords[stage]}.`, { stage, hint: stageHints[stage] });
}

/** What the hub's own page, shown in place of a Space, says about it; undefined where it is another page. */
function pageStage(html: string): SpaceStage | undefined {
	const text = html.replaceAll(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, " ").replaceAll(/<[^<>]*>/g, " ");
	if (/\bpaused\b/i.test(text)) return "paused";
	if (/runtime error|build error|configuration error/i.test(text)) return "error";
	if (/\bis building\b|\bbuilding\b.{0,20}\bspace\b|\bspace\b.{0,20}\bbuilding\b/i.test(text)) return "building";
	if (/sleep|waking up|preparing space|\b(?:re)?starting\b/i.test(text)) return "sleeping";
	return undefined;
}

/** The words of an error's body, without secrets: FastAPI's `detail`, in any of its forms, else plain text. */
function readDetail(body: string, clean: (text: string) => string): string {
	const text = body.trim();
	if (text === "" || isHtml(text)) return "";
	// Cut after that, since half a secret is not known as one.
	const show = (words: string): string => shorten(clean(words));
	const json = parseJson(text);
	if (typeof json !== "object" || json === null) return show(typeof json === "string" ? json : text);
	const { detail, error, message } = json as { detail?: unknown; error?: unknown; message?: unknown };
	const said = detail ?? error ?? message;
	if (typeof said === "string") return show(said);
	if (Array.isArray(said)) return show(said.map(describeIssue).join("; "));
	if (typeof said === "object" && said !== null && "error" in said && typeof said.error === "string") return show(said.error);
	return said === undefined ? "" : show(JSON.stringify(said));
}

function sampleOf(body: string, clean: (text: string) => string): string {
	return clean(body).trim().slice(0, sampleLength);
}

function after(words: string): string {
	return words === "" ? "" : `: ${words}`;
}
