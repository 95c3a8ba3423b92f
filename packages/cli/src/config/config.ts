import type { AsyncGeneratorProvider, ChainEntry, CreateSpaceportOptions } from "@spaceport/core";

/** A provider in the configuration: where its factory is, and what the factory gets. */
export interface ConfiguredProvider {
	/**
	 * The module whose default export is the provider's factory: a package, or a path that begins with `./`, `../` or `/`. It is looked up from the
	 * configuration's folder. May be left out under the name of a built-in provider.
	 */
	readonly use?: string;
	/** What the factory is called with. `token` is filled in from `HF_TOKEN` where it is missing. */
	readonly options?: Readonly<Record<string, unknown>>;
	/** Say `false` for a provider that answers without the network, so that `--offline` allows it. @default true, but for `local` */
	readonly network?: boolean;
}

/** What a configuration says of the chain `free-chat`. */
export interface FreeChatConfig {
	/** More chat Spaces: `owner/name`, or the address of a Gradio server. */
	readonly spaces?: readonly string[];
	/** More endpoints, by their ids: also those that log prompts or train on them. Their keys come from the environment. */
	readonly endpoints?: readonly string[];
	/** The names of those that are not asked. */
	readonly without?: readonly string[];
}

/** The options of chains that a configuration may set, for all chains and providers. */
type ConfiguredOptions = "retry" | "timeouts" | "limits" | "onInterruption" | "onMismatch" | "unsupportedParameters" | "dispositions";

/** What `spaceport.config.{ts,mts,js,mjs,json}` holds. */
export interface SpaceportConfig extends Pick<CreateSpaceportOptions, ConfiguredOptions> {
	/** Providers by name. They join the built-in ones, and replace them where they have the same name. In a program they may be given as they are. */
	readonly providers?: Readonly<Record<string, ConfiguredProvider | AsyncGeneratorProvider>>;
	/** Who takes part in the chain `free-chat`, and who does not. */
	readonly freeChat?: FreeChatConfig;
	/** Chains by name. The one that is called `default` is asked where nobody is named; without one it is `free-chat`. */
	readonly chains?: Readonly<Record<string, readonly ChainEntry[]>>;
}
