export type {
	ConfiguredProvider,
	FreeChatConfig,
	SpaceportConfig,
} from "./config/config.ts";
export { defineConfig } from "./config/define-config.ts";
