// Making providers.

// Calling a Space's functions without a provider. What lies below it (queue, decoding, differences) stays inside: it follows Gradio's versions.
export { type CreateSpaceOptions, createSpace, type Space, type SubmitData, type SubmitOptions } from "./create-space.ts";
export type { TextAppend } from "./decode/apply-diff.ts";
export { readChatbot, type SentTurns } from "./decode/read-chatbot.ts";
export type { OutputReading } from "./decode/text-deltas.ts";
export {
	defineSpaceProvider,
	type SpaceCall,
	type SpaceProvider,
	type SpaceProviderDefinition,
	type SpaceProviderOptions,
	type SpaceProviderRequest,
} from "./define-space-provider.ts";
export type {
	GradioEvent,
	GradioLogEvent,
	GradioProgressEvent,
	GradioQueueEvent,
	GradioStartedEvent,
	GradioValueEvent,
} from "./gradio-event.ts";
export type { BoundEndpoint, FixedEndpoint } from "./handshake/bind-endpoint.ts";
export type { ValueForm } from "./handshake/protocol.ts";
export type { SpaceComponent, SpaceConfig, SpaceEndpoint } from "./handshake/space-config.ts";
export { sentTurns } from "./provider/sent-turns.ts";
export { type SplitConversation, splitConversation, type Turn } from "./provider/split-conversation.ts";
export { type ChatbotForm, chatbotForm, writeHistory } from "./provider/write-history.ts";
export type { Fetch } from "./transport/http.ts";
