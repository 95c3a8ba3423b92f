// Making providers, and calling a Space's functions without one. What lies below (queue, decoding, differences) stays inside: it follows Gradio's versions.

export type { Fetch } from "@spaceport/http";
export type { Space, SpaceSession, SubmitData, SubmitInputs } from "./create-space.ts";
export { type ChatSpaceOptions, createSpaceProvider } from "./create-space-provider.ts";
export type { TextAppend } from "./decode/apply-append.ts";
export { type ChatbotFile, type ChatbotMessage, type ChatbotOption, chatbotMessages } from "./decode/chatbot-messages.ts";
export { outputValue } from "./decode/output-value.ts";
export { readChatbot, type SentTurns } from "./decode/read-chatbot.ts";
export type { OutputReading } from "./decode/text-deltas.ts";
export {
	defineSpaceProvider,
	type SpaceProvider,
	type SpaceProviderDefinition,
	type SpaceProviderOptions,
	type SpaceProviderRequest,
} from "./define-space-provider.ts";
export type { DownloadedFile, DownloadOptions, DownloadSource } from "./files/download.ts";
export type { DownloadProgress, UploadProgress } from "./files/file-tools.ts";
export type { SpacePart } from "./files/part-file.ts";
export type { InputFile, SpaceFile } from "./files/space-file.ts";
export type { UploadOptions } from "./files/upload.ts";
export type { UploadSource } from "./files/upload-source.ts";
export type {
	GradioEvent,
	GradioLogEvent,
	GradioProgressEvent,
	GradioQueueEvent,
	GradioStartedEvent,
	GradioValueEvent,
	GradioWakingEvent,
} from "./gradio-event.ts";
export type { ApiName, BoundEndpoint, FixedEndpoint } from "./handshake/bind-by-name.ts";
export type { SpaceProtocol, ValueForm } from "./handshake/protocol.ts";
export type { JsonSchema, SpaceComponent, SpaceConfig, SpaceEndpoint } from "./handshake/space-config.ts";
export { type ContractInput, type ContractValue, contractText, type EndpointContract } from "./introspect/check-contract.ts";
export { parseContract } from "./introspect/contract.ts";
export type { EndpointInfo, OutputInfo, ParameterInfo } from "./introspect/endpoint-info.ts";
export type { HubStage } from "./locate/hub-answer.ts";
export type { SpaceAuth } from "./login/login.ts";
export type { SpaceAnswer } from "./provider/space-answer.ts";
export type { SpaceCall, StepOutputs } from "./provider/space-call.ts";
export { type SpaceConversation, type SpaceConversationOptions, sentTurns } from "./provider/space-conversation.ts";
export type { SpaceStep } from "./provider/space-step.ts";
export type { CallOptions, CreateSpaceOptions, LeaveQueueWhen, SubmitOptions } from "./space-options.ts";
export { createSpace } from "./surround.ts";
export type { SocketEvent, SpaceSocket, WebSocketFactory } from "./transport/open-socket.ts";
