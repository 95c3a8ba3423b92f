import type { ProviderFactory } from "./config/load-factory.ts";

/** A provider that comes with the command. */
export interface BuiltInProvider {
	/** Loads its factory. */
	readonly load: () => Promise<ProviderFactory>;
	/** The module that it comes from. */
	readonly use: string;
	/** Whether it needs the network. */
	readonly network: boolean;
}

/** The providers that are there without any configuration. */
export const builtInProviders: Readonly<Record<string, BuiltInProvider>> = {
	"qwen-2-72b": {
		load: async () => (await import("@spaceport/provider-qwen-2-72b")).default as ProviderFactory,
		use: "@spaceport/provider-qwen-2-72b",
		network: true,
	},
	local: {
		load: async () => (await import("@spaceport/provider-local")).default as ProviderFactory,
		use: "@spaceport/provider-local",
		network: false,
	},
};
