import {
	AbortedError,
	type AsyncGeneratorProvider,
	AuthenticationError,
	ContentFilteredError,
	ContextLengthError,
	type CreateSpaceportOptions,
	createChain,
	GenerationError,
	InvalidRequestError,
	LimiterFullError,
	LocalUnavailableError,
	NetworkError,
	NoSuchModelError,
	NoSuchProviderError,
	ProtocolError,
	ProviderFailedError,
	QueueFullError,
	QuotaExceededError,
	RateLimitedError,
	SpaceContractError,
	type SpaceportErrorCode,
	type SpaceStage,
	SpaceUnavailableError,
	StreamInterruptedError,
	TimeoutError,
	type TimeoutPhase,
	UnsupportedError,
} from "@spaceport/core";
import type { ScriptStep } from "@spaceport/testkit";

/** One way in which a provider fails. */
export interface Fault {
	/** The code that it has for the chain. */
	readonly code: SpaceportErrorCode;
	/** What the provider does in place of going on. `abort` is the caller's. */
	readonly strike: (abort: () => void) => readonly ScriptStep[];
	/** Options of the Spaceport that this case is about. */
	readonly options?: CreateSpaceportOptions;
	/** What stands in place of the provider that fails, such as a chain around it. */
	readonly wrap?: (provider: AsyncGeneratorProvider) => AsyncGeneratorProvider;
	/** What all of the others say of the size of their context. */
	readonly othersContextTokens?: number;
	/** It is looked at before the first chunk alone: after it, the same silence or end is another fault. */
	readonly beforeAlone?: true;
}

const thrown = (code: SpaceportErrorCode, make: () => unknown, more: Partial<Fault> = {}): Fault => ({
	code,
	strike: () => [{ fail: make() }],
	...more,
});
const timeout = (phase: TimeoutPhase): Fault => thrown("timeout", () => new TimeoutError("too late", { phase, afterMs: 1000 }));
const stage = (at: SpaceStage): Fault => thrown("space-unavailable", () => new SpaceUnavailableError("not there", { stage: at }));
const limited = (retryAfterMs?: number): Fault => thrown("rate-limited", () => new RateLimitedError("429", { retryAfterMs }));
const refused = (): Error => new ContentFilteredError("refused", { reason: "policy" });
const network = (): Error => new NetworkError("connection reset", { phase: "join" });

/** Every code of an error, in each of the forms that are met differently. */
export const faults = {
	"invalid-request": thrown("invalid-request", () => new InvalidRequestError("no", { path: "messages" })),
	"no-such-provider": thrown("no-such-provider", () => new NoSuchProviderError("who?", { reference: "x", known: [] })),
	"no-such-model": thrown("no-such-model", () => new NoSuchModelError("which?", { reference: "x", known: [] })),
	unsupported: thrown("unsupported", () => new UnsupportedError("no tools", { capability: "tools" })),
	authentication: thrown("authentication", () => new AuthenticationError("401", { status: 401 })),
	"rate-limited": limited(),
	"rate-limited, for 1 s": limited(1000),
	"rate-limited, for 20 s": limited(20_000),
	"rate-limited, for 90 s": limited(90_000),
	"quota-exceeded": thrown("quota-exceeded", () => new QuotaExceededError("no GPU left")),
	"quota-exceeded, for 20 s": thrown("quota-exceeded", () => new QuotaExceededError("no GPU left", { retryAfterMs: 20_000 })),
	"quota-exceeded, for an hour": thrown("quota-exceeded", () => new QuotaExceededError("no GPU left", { retryAfterMs: 3_600_000 })),
	"limiter-full": thrown("limiter-full", () => new LimiterFullError("too many", { queueSize: 3 })),
	"queue-full": thrown("queue-full", () => new QueueFullError("full", { queueSize: 10 })),
	"space-unavailable: sleeping": stage("sleeping"),
	"space-unavailable: building": stage("building"),
	"space-unavailable: paused": stage("paused"),
	"space-unavailable: gone": stage("gone"),
	"space-contract": thrown("space-contract", () => new SpaceContractError("changed", { expected: "/a", found: "/b" })),
	"local-unavailable": thrown("local-unavailable", () => new LocalUnavailableError("no weights", { needed: "1 GB", available: "0 GB" })),
	network: thrown("network", network),
	"timeout: connect": timeout("connect"),
	"timeout: queue": timeout("queue"),
	"timeout: idle": timeout("idle"),
	"timeout: total": {
		code: "timeout",
		strike: () => [{ hang: true }],
		options: { timeouts: { totalMs: 5000 } },
	},
	"silence, until our deadline": { code: "timeout", strike: () => [{ hang: true }] },
	"silence that listens to no signal": { code: "timeout", strike: () => [{ ignore: true }] },
	"silence in its queue": {
		code: "timeout",
		strike: () => [{ type: "queue-update", position: 3 }, { hang: true }],
		options: { timeouts: { queueMs: 40_000 } },
		beforeAlone: true,
	},
	protocol: thrown("protocol", () => new ProtocolError("what is this?", { protocol: "sse", sample: "<html>" })),
	generation: thrown("generation", () => new GenerationError("CUDA error", { title: "Error" })),
	"an empty answer": { code: "generation", strike: () => [{ type: "finish", finishReason: "stop" }], beforeAlone: true },
	"an answer of white space": { code: "generation", strike: () => [" \n\t", { type: "finish", finishReason: "stop" }], beforeAlone: true },
	"context-length": thrown("context-length", () => new ContextLengthError("too long", { limit: 4000, requested: 5000 })),
	"context-length, the others take more": thrown(
		"context-length",
		() => new ContextLengthError("too long", { limit: 4000, requested: 5000 }),
		{ othersContextTokens: 8000 },
	),
	"context-length, the others take less": thrown(
		"context-length",
		() => new ContextLengthError("too long", { limit: 4000, requested: 5000 }),
		{ othersContextTokens: 2000 },
	),
	"content-filtered": thrown("content-filtered", refused),
	"withheld by its filter": {
		code: "content-filtered",
		strike: () => [{ type: "finish", finishReason: "content-filter" }],
		beforeAlone: true,
	},
	"stream-interrupted": thrown("stream-interrupted", () => new StreamInterruptedError("cut", { textSoFar: "" })),
	"provider-failed": thrown("provider-failed", () => new ProviderFailedError("a bug")),
	"an untyped error": thrown("provider-failed", () => new TypeError("undefined is not a function")),
	"something that is no error": thrown("provider-failed", () => ({ odd: true })),
	"a chunk that is none": { code: "provider-failed", strike: () => [{ type: "nonsense" } as unknown as ScriptStep] },
	"an AbortedError of its own": thrown("provider-failed", () => new AbortedError("I left")),
	aborted: { code: "aborted", strike: (abort) => [{ run: abort }, { hang: true }] },
	"chain-exhausted, by network": thrown("chain-exhausted", network, {
		wrap: (provider) => createChain({ name: `a chain of ${provider.name}`, providers: [provider], retry: { retries: 0 } }),
	}),
	"chain-exhausted, by no-such-provider": thrown("chain-exhausted", () => new NoSuchProviderError("who?", { reference: "x", known: [] }), {
		wrap: (provider) => createChain({ name: `a chain of ${provider.name}`, providers: [provider] }),
	}),
	"content-filtered, with { next: true }": thrown("content-filtered", refused, {
		options: { dispositions: { "content-filtered": { next: true } } },
	}),
	'network, with { same: "no" }': thrown("network", network, { options: { dispositions: { network: { same: "no" } } } }),
	"network, with { next: false }": thrown("network", network, {
		options: { dispositions: { network: { next: false } } },
	}),
	'authentication, with { same: "once" }': thrown("authentication", () => new AuthenticationError("401"), {
		options: { dispositions: { authentication: { same: "once" } } },
	}),
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;
