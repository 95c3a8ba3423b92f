export { completeAttemptContext } from "./attempt-context.ts";
export type { ChainHost, NamedProvider } from "./chain/chain-host.ts";
export type {
	ChainOptions,
	ChainOptionsInput,
	InterruptionPolicy,
	LimitOptions,
	MismatchPolicy,
	RetryOptions,
	UnsupportedParameters,
} from "./chain/chain-options.ts";
export { type ChainEntry, type ChainProvider, type CreateChainOptions, createChain } from "./chain/create-chain.ts";
export { defaultTimeouts, type Timeouts } from "./chain/deadlines.ts";
export { type Disposition, type DispositionOverrides, disposition } from "./chain/disposition.ts";
export type { HealthState, Rest } from "./chain/health/health-state.ts";
export { createMemoryStore } from "./chain/health/memory-store.ts";
export type { HealthDesk, ProbeOptions, ProviderHealth, RestOptions } from "./chain/health/provider-health.ts";
export type { MaybePromise, StateStore } from "./chain/health/state-store.ts";
export { isChainProvider } from "./chain/is-chain-provider.ts";
export type { Limiter, Limiters, Slot, SlotOptions, SlotOutlook } from "./chain/limits/limiter.ts";
export type {
	Chunk,
	FinishChunk,
	FinishReason,
	ImageChunk,
	LogChunk,
	ProgressChunk,
	QueueUpdateChunk,
	ReasoningDeltaChunk,
	SeamChunk,
	TextDeltaChunk,
	TextReplaceChunk,
	ToolCallChunk,
	ToolCallDeltaChunk,
	Usage,
	UsageChunk,
} from "./chunk.ts";
export { type CompilableRequest, type CompileHistoryOptions, compileHistory } from "./compile-history.ts";
export type { AttemptDecision, AttemptRecord, Completion } from "./completion.ts";
export type { Revisions } from "./consume/append-only-text.ts";
export type { ChatStream } from "./consume/chat-stream.ts";
export type { Embeddings, EmbedOptions, EmbedRequest, ProviderEmbeddings, ProviderEmbedRequest } from "./embed/embedding.ts";
export { AbortedError, type AbortedErrorOptions } from "./errors/aborted-error.ts";
export { AuthenticationError, type AuthenticationErrorOptions } from "./errors/authentication-error.ts";
export { ChainExhaustedError, type ChainExhaustedErrorOptions, type LeftOut } from "./errors/chain-exhausted-error.ts";
export { ContentFilteredError, type ContentFilteredErrorOptions } from "./errors/content-filtered-error.ts";
export { ContextLengthError, type ContextLengthErrorOptions } from "./errors/context-length-error.ts";
export { GenerationError, type GenerationErrorOptions } from "./errors/generation-error.ts";
export { InvalidRequestError, type InvalidRequestErrorOptions } from "./errors/invalid-request-error.ts";
export { isSpaceportError, type SpaceportErrorByCode } from "./errors/is-spaceport-error.ts";
export { LimiterFullError, type LimiterFullErrorOptions } from "./errors/limiter-full-error.ts";
export { LocalUnavailableError, type LocalUnavailableErrorOptions } from "./errors/local-unavailable-error.ts";
export { NetworkError, type NetworkErrorOptions } from "./errors/network-error.ts";
export { NoSuchModelError, type NoSuchModelErrorOptions } from "./errors/no-such-model-error.ts";
export { NoSuchProviderError, type NoSuchProviderErrorOptions } from "./errors/no-such-provider-error.ts";
export { ProtocolError, type ProtocolErrorOptions } from "./errors/protocol-error.ts";
export { ProviderFailedError } from "./errors/provider-failed-error.ts";
export { QueueFullError, type QueueFullErrorOptions } from "./errors/queue-full-error.ts";
export { QuotaExceededError, type QuotaExceededErrorOptions } from "./errors/quota-exceeded-error.ts";
export { RateLimitedError, type RateLimitedErrorOptions } from "./errors/rate-limited-error.ts";
export { redact } from "./errors/redact.ts";
export { SpaceContractError, type SpaceContractErrorOptions } from "./errors/space-contract-error.ts";
export type { SpaceStage } from "./errors/space-unavailable-error.ts";
export { SpaceUnavailableError, type SpaceUnavailableErrorOptions } from "./errors/space-unavailable-error.ts";
export { SpaceportError, type SpaceportErrorCode, type SpaceportErrorOptions } from "./errors/spaceport-error.ts";
export { StreamInterruptedError, type StreamInterruptedErrorOptions } from "./errors/stream-interrupted-error.ts";
export type { TimeoutPhase } from "./errors/timeout-error.ts";
export { TimeoutError, type TimeoutErrorOptions } from "./errors/timeout-error.ts";
export { UnsupportedError, type UnsupportedErrorOptions } from "./errors/unsupported-error.ts";
export type {
	AttemptEndEvent,
	AttemptStartEvent,
	CooldownEvent,
	FallbackEvent,
	FirstChunkEvent,
	LeftOutEvent,
	Observer,
	QueuedEvent,
	RecoveredEvent,
	RetryEvent,
	SeamEvent,
	SpaceportEvent,
	WaitingEvent,
	WarningEvent,
} from "./events.ts";
export type { CandidateState, ExplainedCandidate, ExplainedLeftOut, Explanation } from "./explain/explanation.ts";
export type { HeadersLike } from "./http/headers-like.ts";
export { readRateLimits } from "./http/read-rate-limits.ts";
export { type RetryAfterSources, readRetryAfter } from "./http/read-retry-after.ts";
export { loadPart } from "./load-part.ts";
export { type Logger, type LogMethod, silentLogger } from "./logger.ts";
export type {
	ChatMessage,
	ChatRequest,
	ChatRole,
	ChatSettings,
	FilePart,
	ImagePart,
	MessagePart,
	ProviderRequest,
	ResponseFormat,
	TextPart,
	ToolCallPart,
	ToolChoice,
	ToolDefinition,
	ToolResultPart,
} from "./message.ts";
export { conversation, messageList, messageText, systemPrompt } from "./message-text.ts";
export type {
	AsyncGeneratorProvider,
	AttemptContext,
	AttemptContextInput,
	ModelInfo,
	ReportedLimit,
	ReportedLimits,
	SettingName,
} from "./provider.ts";
export { didYouMean } from "./registry/did-you-mean.ts";
export type { RegisteredModel, RegisterOptions, Registry } from "./registry/registry.ts";
export { type AskOptions, type CreateSpaceportOptions, createSpaceport, type Spaceport } from "./spaceport.ts";
