import type { SpaceportConfig } from "./config.ts";

/**
 * Gives a configuration its type.
 *
 * @param config - the configuration
 * @returns the same
 *
 * @example
 * ```ts
 * // spaceport.config.ts
 * import { defineConfig } from "spaceport";
 *
 * export default defineConfig({
 *   providers: { "qwen-2-72b": { use: "@spaceport/provider-qwen-2-72b", options: { baseUrl: "http://127.0.0.1:7860" } } },
 *   chains: { default: ["qwen-2-72b", "local"] },
 * });
 * ```
 */
export function defineConfig(config: SpaceportConfig): SpaceportConfig {
	return config;
}
