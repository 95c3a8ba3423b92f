export { chatServerRequirement } from "./availability.ts";
export type { ChatServer } from "./chat-server.ts";
export type { LiteLlmProxyOptions } from "./litellm-proxy.ts";
export { startLiteLlmProxy } from "./litellm-proxy.ts";
export type { LlamaServer, LlamaServerOptions, LlamaSlot } from "./llama-server.ts";
export { startLlamaServer } from "./llama-server.ts";
export type { ChatServerName } from "./servers.ts";
export { chatServers } from "./servers.ts";
