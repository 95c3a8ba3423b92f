export type { Fetch } from "@spaceport/http";
export { createFreeChat, type FreeChat } from "./create-free-chat.ts";
export type { FreeChatOptions } from "./options.ts";
export type { Privacy, Recipient } from "./recipient.ts";
