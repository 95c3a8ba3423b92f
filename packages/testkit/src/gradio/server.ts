import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { freePort } from "../machine/free-port.ts";
import { startServerProcess } from "../machine/server-process.ts";
import { prepareGradioEnvironment } from "./environment.ts";
import { type GradioApp, gradioAppArguments } from "./gradio-app.ts";
import { TwinLog, type TwinLogEntry, type WaitForLogOptions } from "./twin-log.ts";
import { type GradioVersion, gradioVersions, isGradioVersion } from "./versions.ts";

/** How to start a real Gradio server. */
export interface GradioServerOptions {
	/** Which Gradio. */
	readonly version: GradioVersion;
	/**
	 * Which app.
	 * @default "twin"
	 */
	readonly app?: GradioApp;
	/** Which variant of an app that has several: they stand at the head of its file in `gradio/apps`. By default the first. */
	readonly variant?: string;
	/**
	 * The form of the chat history, where the version has both.
	 * @default what the version does without being told: tuples before Gradio 6, messages from there on
	 */
	readonly chatbot?: "tuples" | "messages";
	/**
	 * How many calls of one function run at once; others wait in the queue.
	 * @default 5
	 */
	readonly concurrency?: number;
	/**
	 * How many calls the queue takes before it answers 503.
	 * @default no bound
	 */
	readonly queueSize?: number;
	/** A user and a password that the server asks for. By default it asks for none. */
	readonly auth?: { readonly user: string; readonly password: string };
	/**
	 * Writes all outputs of every step into the log (`data`), as Gradio sends them. Long answers make a large log.
	 * @default false
	 */
	readonly logData?: boolean;
	/**
	 * The port of 127.0.0.1.
	 * @default one that is free
	 */
	readonly port?: number;
	/** More environment variables for the server; see the heads of `gradio/serve.py` and of the app. */
	readonly env?: Readonly<Record<string, string>>;
	/**
	 * Milliseconds until a server that does not answer is an error.
	 * @default 90000
	 */
	readonly startTimeoutMs?: number;
}

/** A real Gradio server on this machine, which ends when this process ends, however that happens. */
export interface GradioServer extends AsyncDisposable {
	readonly version: GradioVersion;
	/** Such as `http://127.0.0.1:40123`, without a slash at the end. */
	readonly baseUrl: string;
	readonly port: number;
	/** All facts that the app has written down so far, oldest first. */
	readLog(): readonly TwinLogEntry[];
	/**
	 * Waits for a fact, one of the past included.
	 *
	 * @throws Error with the last lines of the log after `timeoutMs` (default 20 s)
	 */
	waitForLog(predicate: (entry: TwinLogEntry) => boolean, options?: WaitForLogOptions): Promise<TwinLogEntry>;
	/** What the server printed so far, on stdout and stderr: tracebacks, for example. */
	output(): string;
	/** Ends the server and waits for its end. A second call does nothing more. */
	stop(): Promise<void>;
	/**
	 * Ends this server, and starts another one on its port with the same options but these, as a Space does that its author changed. It has a log of its own.
	 *
	 * @example
	 * ```ts
	 * import { startGradioServer } from "@spaceport/testkit/gradio";
	 *
	 * await using before = await startGradioServer({ version: "5.50.0", app: "contract" });
	 * await using after = await before.restart({ variant: "swapped" });
	 * console.log(after.baseUrl === before.baseUrl); // true
	 * ```
	 */
	restart(changes?: Partial<GradioServerOptions>): Promise<GradioServer>;
}

const portIsTaken = 98;
const startAttempts = 5;

/**
 * Starts a real Gradio server, and resolves once it answers. Makes the version's virtual environment where it is
 * not in the cache: ask {@link gradioRequirement} first.
 *
 * @example
 * ```ts
 * import { startGradioServer } from "@spaceport/testkit/gradio";
 *
 * await using server = await startGradioServer({ version: "5.50.0" });
 * const config = await (await fetch(`${server.baseUrl}/config`)).json();
 * ```
 *
 * @throws Error with what the server printed where it does not start
 */
export async function startGradioServer(options: GradioServerOptions): Promise<GradioServer> {
	if (!isGradioVersion(options.version)) {
		throw new Error(`Gradio ${String(options.version)} is not pinned here. There are: ${gradioVersions.join(", ")}`);
	}
	const { python } = await prepareGradioEnvironment(options.version);
	const folder = await mkdtemp(join(tmpdir(), "spaceport-gradio-"));
	try {
		// The app opens its log when it is imported; the empty file can be read before.
		const logPath = join(folder, "log.jsonl");
		await writeFile(logPath, "");
		for (let attempt = 1; ; attempt++) {
			const server = await tryToStart(options, python, folder, logPath);
			if (server !== undefined) return server;
			if (attempt === startAttempts) throw new Error(`Gradio ${options.version} found its port taken ${startAttempts} times`);
			// A port that was chosen may still be held by a connection of the server before.
			if (options.port !== undefined) await wait(500);
		}
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
}

/** Starts one process; undefined where somebody else took the port first. */
async function tryToStart(
	options: GradioServerOptions,
	python: string,
	folder: string,
	logPath: string,
): Promise<GradioServer | undefined> {
	const { version, startTimeoutMs = 90_000 } = options;
	const port = options.port ?? (await freePort());
	const server = await startServerProcess({
		title: `Gradio ${version}`,
		command: python,
		args: gradioAppArguments(options.app ?? "twin"),
		folder,
		env: serverEnvironment(options, port, folder, logPath),
		ready: /^TWIN READY (\{.*\})$/m,
		startTimeoutMs,
		portIsTaken,
	});
	if (server === undefined) return undefined;

	const log = new TwinLog(logPath);
	// The log can still be asked for when its file is gone.
	const stop = (): Promise<void> => server.stop(() => log.entries());
	return {
		version,
		baseUrl: (JSON.parse(server.ready) as { url: string }).url,
		port,
		readLog: () => log.entries(),
		waitForLog: (predicate, waitOptions) => log.waitFor(predicate, waitOptions),
		output: server.output,
		stop,
		restart: async (changes) => {
			await stop();
			return startGradioServer({ ...options, port, ...changes });
		},
		[Symbol.asyncDispose]: stop,
	};
}

function serverEnvironment(options: GradioServerOptions, port: number, folder: string, logPath: string): NodeJS.ProcessEnv {
	const { variant, chatbot, concurrency, queueSize, auth, logData, env } = options;
	return {
		...process.env,
		PYTHONUNBUFFERED: "1",
		GRADIO_ANALYTICS_ENABLED: "False",
		HF_HUB_OFFLINE: "1",
		GRADIO_TEMP_DIR: join(folder, "files"),
		// Gradio asks itself over HTTP whether it is up; a proxy must not get between.
		NO_PROXY: "127.0.0.1,localhost",
		no_proxy: "127.0.0.1,localhost",
		TWIN_PORT: String(port),
		TWIN_LOG: logPath,
		TWIN_EXIT_WITH_STDIN: "1",
		TWIN_FOLDER: folder,
		...(variant === undefined ? {} : { TWIN_VARIANT: variant }),
		...(chatbot === undefined ? {} : { TWIN_CHATBOT: chatbot }),
		...(concurrency === undefined ? {} : { TWIN_CONCURRENCY: String(concurrency) }),
		...(queueSize === undefined ? {} : { TWIN_QUEUE_SIZE: String(queueSize) }),
		...(auth === undefined ? {} : { TWIN_AUTH: `${auth.user}:${auth.password}` }),
		...(logData === true ? { TWIN_LOG_DATA: "1" } : {}),
		...env,
	};
}
