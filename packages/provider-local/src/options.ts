import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { InvalidRequestError, type Logger, silentLogger } from "@spaceport/core";
import * as v from "valibot";
import { cacheFolder } from "./cache-folder.ts";
import { type DownloadableModel, smolLm2 } from "./downloadable-model.ts";

/** The options of {@link createLocal}. All of them may be left out. */
export interface LocalOptions {
	/**
	 * Path of a GGUF file that is used as it is: nothing is downloaded and no checksum is compared. Without `model` the model is named after the
	 * file (`Qwen3-0.6B-Q8_0.gguf` becomes `qwen3-0.6b-q8_0`); the built-in model's own file name keeps the built-in model's name.
	 */
	readonly modelPath?: string | undefined;
	/** Which model to fetch and run. @default smolLm2 */
	readonly model?: DownloadableModel | undefined;
	/**
	 * Folder for downloaded weights.
	 * @default `spaceport/models` in `$XDG_CACHE_HOME`, else in `~/Library/Caches` on macOS, else in `~/.cache`
	 */
	readonly cacheDir?: string | undefined;
	/** Never uses the network: what is not in the cache folder is not there. @default false */
	readonly offline?: boolean | undefined;
	/**
	 * Threads that compute. More than there are idle cores makes it many times slower.
	 * @default half the processor's threads, at least 1 and at most 4
	 */
	readonly threads?: number | undefined;
	/** How many tokens prompt and answer may have together; at most what the model was trained for. It costs memory. @default 4096 */
	readonly contextTokens?: number | undefined;
	/** How many requests are answered at once; the others wait in order of arrival. Each costs the memory of one context. @default 1 */
	readonly concurrency?: number | undefined;
	/** Lets the engine choose a GPU where it has a build for one. @default false */
	readonly gpu?: boolean | undefined;
	/** Fetches from the hub. @default globalThis.fetch */
	readonly fetch?: typeof globalThis.fetch | undefined;
	/** Address of the Hugging Face hub, or of a mirror. @default "https://huggingface.co" */
	readonly hubUrl?: string | undefined;
	/** Token for the hub. The built-in model needs none. */
	readonly token?: string | undefined;
	/** The command that runs pip, as a list of words. @default the first that works of `python3 -m pip`, `pip3` and `pip` */
	readonly pip?: readonly string[] | undefined;
	/** Where the loading of engine and weights is logged when no request's own logger is at hand. @default silent */
	readonly logger?: Logger | undefined;
	/**
	 * Imports the engine. For bundles and unusual layouts, where this package cannot find it by itself: `() => import("node-llama-cpp")`.
	 * @default looks beside this package, then in the current folder
	 */
	readonly loader?: (() => Promise<unknown>) | undefined;
}

/** The options with every default filled in. */
export interface CompleteLocalOptions {
	readonly modelPath: string | undefined;
	readonly model: DownloadableModel;
	readonly cacheDir: string;
	readonly offline: boolean;
	readonly threads: number;
	readonly contextTokens: number;
	readonly concurrency: number;
	readonly gpu: boolean;
	readonly fetch: typeof globalThis.fetch;
	readonly hubUrl: string;
	readonly token: string | undefined;
	readonly pip: readonly string[] | undefined;
	readonly logger: Logger;
	readonly loader: (() => Promise<unknown>) | undefined;
}

const text = v.pipe(v.string("must be a string"), v.nonEmpty("must not be empty"));
const whole = v.pipe(v.number("must be a number"), v.integer("must be a whole number"));
const atLeast = (least: number) => v.optional(v.pipe(whole, v.minValue(least, `must be at least ${least}`)));
const flag = v.optional(v.boolean("must be true or false"));
const callable = v.optional(v.function("must be a function"));
const unknownMember = (issue: { expected: string | null }): string =>
	issue.expected === "never" ? "is not an option" : "must be an object";

const source = v.variant(
	"type",
	[
		v.strictObject({ type: v.literal("hub"), repository: text, revision: text, file: text }, unknownMember),
		v.strictObject({ type: v.literal("pypi"), package: text, version: text, file: text, wheelBytes: atLeast(1) }, unknownMember),
	],
	'must be a source whose type is "hub" or "pypi"',
);

const model = v.strictObject(
	{
		id: text,
		aliases: v.optional(v.array(text, "must be a list of names")),
		fileName: v.pipe(
			text,
			v.check((name) => basename(name) === name && name !== "." && name !== "..", "must be the name of a file, without folders"),
		),
		bytes: v.pipe(whole, v.minValue(1, "must be at least 1")),
		sha256: v.pipe(text, v.regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits in lower case")),
		sources: v.array(source, "must be a list of sources"),
		system: v.optional(text),
	},
	unknownMember,
);

const schema = v.strictObject(
	{
		modelPath: v.optional(text),
		model: v.optional(model),
		cacheDir: v.optional(text),
		offline: flag,
		threads: atLeast(1),
		contextTokens: atLeast(64),
		concurrency: atLeast(1),
		gpu: flag,
		fetch: callable,
		hubUrl: v.optional(v.pipe(text, v.url("must be a URL"), v.regex(/^https?:/, "must begin with http: or https:"))),
		token: v.optional(text),
		pip: v.optional(v.pipe(v.array(text, "must be a list of words"), v.minLength(1, "must have at least one word"))),
		logger: v.optional(v.looseObject({}, "must be a logger")),
		loader: callable,
	},
	unknownMember,
);

/**
 * Checks options and fills in the defaults. Reads nothing from the disk.
 *
 * @throws InvalidRequestError that names the option
 */
export function completeOptions(options: LocalOptions): CompleteLocalOptions {
	const checked = v.safeParse(schema, options);
	if (!checked.success) {
		const issue = checked.issues[0];
		const path = v.getDotPath(issue) ?? "options";
		const shown = path === "token" || issue.expected === "never" ? "" : ` is ${describe(issue.input)} and`;
		throw new InvalidRequestError(`The option ${path}${shown} ${issue.message}.`, {
			path,
			hint: "The options of createLocal are listed in the README of @spaceport/provider-local.",
		});
	}
	return {
		modelPath: options.modelPath,
		model: options.model ?? (options.modelPath === undefined ? smolLm2 : namedAfterFile(options.modelPath)),
		cacheDir: options.cacheDir ?? cacheFolder(),
		offline: options.offline ?? false,
		threads: options.threads ?? Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2))),
		contextTokens: options.contextTokens ?? 4096,
		concurrency: options.concurrency ?? 1,
		gpu: options.gpu ?? false,
		// Looked up late, so that a fetch that is replaced later is used.
		fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
		hubUrl: (options.hubUrl ?? "https://huggingface.co").replace(/\/+$/, ""),
		token: options.token,
		pip: options.pip,
		logger: options.logger ?? silentLogger,
		loader: options.loader,
	};
}

function namedAfterFile(path: string): DownloadableModel {
	const fileName = basename(path);
	if (fileName === smolLm2.fileName) return smolLm2;
	return { id: fileName.replace(/\.gguf$/i, "").toLowerCase(), fileName, bytes: 0, sha256: "", sources: [] };
}

function describe(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value);
	if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
	return String(value);
}
