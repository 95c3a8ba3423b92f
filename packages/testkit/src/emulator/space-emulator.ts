import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

import { type GradioVersion, gradioVersions, isGradioVersion } from "../gradio/versions.ts";
import { type ChatForm, defaultChatForm, hasChatForm } from "./chat-forms.ts";
import { defaultFunctions } from "./default-functions.ts";
import { emulatedConfig } from "./emulated-config.ts";
import type { EmulatedFunction } from "./emulated-function.ts";
import { emulatedInfo } from "./emulated-info.ts";
import { type Fault, FaultPlan } from "./fault.ts";
import { FileForms } from "./file-forms.ts";
import { cleanFileName, FileStore } from "./file-store.ts";
import { JobQueue, type QueueOptions } from "./job-queue.ts";
import { type EmulatorStats, Ledger, type SeenJob, type SeenRequest } from "./ledger.ts";
import { type EmulatedAuth, Login } from "./login.ts";
import { QueueMessages } from "./queue-messages.ts";
import { clearRealTimeout, realTimeout } from "./real-time.ts";
import type { FunctionSetting } from "./run-function.ts";
import { SessionState } from "./session-state.ts";
import { SpaceRoutes } from "./space-routes.ts";
import { versionProfiles } from "./version-profile.ts";

/** What a Space is to be like. */
export interface SpaceEmulatorOptions {
	/**
	 * The Gradio that it behaves like.
	 * @default "5.50.0"
	 */
	readonly version?: GradioVersion;
	/**
	 * Its endpoints, by name without the slash.
	 * @default `model_chat` and `text_stream`, which say the question again by words (and "count 5" as "1 2 3 4 5", a number a step), `plain`, and `unqueued`
	 */
	readonly functions?: Readonly<Record<string, EmulatedFunction>>;
	/**
	 * The form of its Chatbot, where the version has both.
	 * @default what the version does without being told: tuples before Gradio 6, messages from there on
	 */
	readonly chatbot?: ChatForm;
	/** How many jobs run at once, and how many may wait. By default there is no bound. */
	readonly queue?: QueueOptions;
	/**
	 * Milliseconds between heartbeats, where the version has them.
	 * @default 15000
	 */
	readonly heartbeatMs?: number;
	/** What goes wrong. By default nothing. */
	readonly faults?: readonly Fault[];
	/** A bearer token that every request has to bring, the event stream and the handshake of a WebSocket included. By default none. */
	readonly token?: string;
	/** A user and a password that the app asks for, as `launch(auth=…)` does. By default it asks for none. */
	readonly auth?: EmulatedAuth;
	/** The largest file that can be uploaded, in bytes, where the version has such a limit. By default any. */
	readonly maxFileSize?: number;
	/**
	 * What the server takes for its own address: it stands in the config, and in the addresses of files. Behind a proxy it may be wrong.
	 * @default baseUrl
	 */
	readonly root?: string;
}

/** What is different after a restart. */
export interface RestartOptions {
	/** @default those that there were */
	readonly functions?: Readonly<Record<string, EmulatedFunction>>;
	/** @default what there was */
	readonly auth?: EmulatedAuth;
}

/** A Space that is not there: an HTTP server in this process that behaves like one. */
export interface SpaceEmulator extends AsyncDisposable {
	readonly version: GradioVersion;
	/** Such as `http://127.0.0.1:40123`, without a slash at the end. */
	readonly baseUrl: string;
	/** The last requests, oldest first: at least 1000 of them. */
	readonly requests: readonly SeenRequest[];
	/** The last jobs, oldest first: at least 1000 of them. */
	readonly jobs: readonly SeenJob[];
	/** What is open now, and counts of all there was: a new object each time. */
	stats(): EmulatorStats;
	/** Puts other faults in the place of those that there were; they strike requests and streams that begin from now on. */
	setFaults(faults: readonly Fault[]): void;
	/**
	 * Waits until the emulator is as it should be; looks at once and after every change.
	 *
	 * @throws Error with what it is like after `timeoutMs` (default 20 s)
	 */
	waitFor(predicate: (emulator: SpaceEmulator) => boolean, options?: { readonly timeoutMs?: number }): Promise<void>;
	/**
	 * Ends the app, and starts another one at the same address, as a Space does that its author changed: connections break, and jobs, sessions, states, logins and
	 * files are gone. The new app's id is the next number, which is the same number to who reads it with `JSON.parse`. Resolves when all connections are closed,
	 * and this process has seen it.
	 */
	restart(changes?: RestartOptions): Promise<void>;
	/** The id of the app that runs, in digits. */
	readonly appId: string;
	/** Ends all jobs, closes all connections and the server. A second call does nothing more. */
	stop(): Promise<void>;
}

/**
 * Starts a Space that is not there, on a free port of 127.0.0.1: the wire protocol of a pinned version of Gradio, from a WebSocket of 3.50 to `sse_v3` below
 * `/gradio_api`, with functions of your own and with faults at named points. It is written from Gradio's own source and held against real servers by its tests.
 * It is quick, and keeps nothing of jobs that are over but the last of them.
 *
 * Different from a real server: values go out as functions yield them (a Chatbot of Gradio's cleans texts), progress is told at once, and durations are this
 * process's.
 *
 * @example
 * ```ts
 * import { startSpaceEmulator } from "@spaceport/testkit/emulator";
 *
 * await using space = await startSpaceEmulator({ version: "4.44.1", faults: [{ kind: "cut", at: "process_generating", after: 2 }] });
 * const config = await (await fetch(`${space.baseUrl}/config`)).json();
 * ```
 *
 * @throws Error for options that the version cannot have
 */
export async function startSpaceEmulator(options: SpaceEmulatorOptions = {}): Promise<SpaceEmulator> {
	const { version = "5.50.0", functions = defaultFunctions, queue: queueOptions = {}, heartbeatMs = 15_000, faults = [], token } = options;
	const { maxFileSize } = options;
	if (!isGradioVersion(version)) throw new Error(`Gradio ${String(version)} is not emulated. There are: ${gradioVersions.join(", ")}`);
	const profile = versionProfiles[version];
	const chatForm = options.chatbot ?? defaultChatForm(profile);
	if (!hasChatForm(profile, chatForm)) throw new Error(`Gradio ${version} has no Chatbot of type ${chatForm}`);

	const ledger = new Ledger();
	const plan = new FaultPlan();
	plan.set(faults);
	const messages = new QueueMessages(profile);

	const server = createServer({ keepAliveTimeout: 5_000, requestTimeout: 0, headersTimeout: 0 });
	server.on("connection", (socket) => {
		ledger.count("openConnections", 1);
		socket.once("close", () => ledger.count("openConnections", -1));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const root = options.root ?? baseUrl;
	let appId = firstAppId;
	let running = { functions, auth: options.auth };
	const startApp = (): { queue: JobQueue; routes: SpaceRoutes } => {
		const store = new FileStore((name) => cleanFileName(profile, name));
		const files = new FileForms(profile, store, root);
		const setting: FunctionSetting = { profile, chatForm, messages, state: new SessionState(), files };
		const queue = new JobQueue(setting, queueOptions);
		const named = Object.entries(running.functions);
		const id = String(appId);
		const routes = new SpaceRoutes({
			profile,
			functions: named,
			config: (user) => emulatedConfig(profile, chatForm, named, { appId: id, root, user, maxFileSize }),
			info: JSON.stringify(emulatedInfo(profile, chatForm, named)),
			appId: id,
			queue,
			messages,
			ledger,
			faults: plan,
			heartbeatMs,
			token,
			login: new Login(profile, running.auth),
			store,
			maxFileSize,
		});
		return { queue, routes };
	};
	let app = startApp();
	// Sockets of WebSockets are the server's no longer.
	const upgraded = new Set<Socket>();
	server.on("request", (request: IncomingMessage, response: ServerResponse) => void app.routes.answer(request, response));
	server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
		upgraded.add(socket);
		socket.once("close", () => upgraded.delete(socket));
		socket.on("error", () => undefined);
		app.routes.upgrade(request, socket, head);
	});

	let stopping: Promise<void> | undefined;
	const endApp = (queue: JobQueue): void => {
		queue.stop();
		server.closeAllConnections();
		for (const socket of upgraded) socket.destroy();
	};
	const stop = async (): Promise<void> => {
		const closed = once(server, "close");
		server.close();
		endApp(app.queue);
		await closed;
	};
	const stopOnce = (): Promise<void> => {
		stopping ??= stop();
		return stopping;
	};

	const emulator: SpaceEmulator = {
		version,
		baseUrl,
		get requests() {
			return ledger.requests;
		},
		get jobs() {
			return ledger.jobs;
		},
		stats: () => ledger.stats(),
		setFaults: (others) => plan.set(others),
		restart: async (changes = {}) => {
			const old = app;
			running = { ...running, ...changes };
			appId++;
			app = startApp();
			endApp(old.queue);
			await seeClosed(server);
		},
		get appId() {
			return String(appId);
		},
		waitFor: (predicate, { timeoutMs = 20_000 } = {}) => waitFor(ledger, () => predicate(emulator), timeoutMs),
		stop: stopOnce,
		[Symbol.asyncDispose]: stopOnce,
	};
	return emulator;
}

/** An app's id is larger than a JSON parser keeps exactly; so is the next one, and both are the same to it. */
const firstAppId = 17462384912650481733n;

/** Waits until connections that a server has closed are closed for clients in this process, too, so that none of them uses one again. */
async function seeClosed(server: Server): Promise<void> {
	// A connection that is opened and closed later is seen closed later.
	const last = connect((server.address() as AddressInfo).port, "127.0.0.1");
	await once(last, "connect");
	last.end();
	await once(last.resume(), "close");
}

function waitFor(ledger: Ledger, isSo: () => boolean, timeoutMs: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const look = (): boolean => {
			try {
				if (!isSo()) return false;
				resolve();
			} catch (error) {
				reject(error);
			}
			clearRealTimeout(timer);
			unwatch();
			return true;
		};
		const unwatch = ledger.watch(look);
		const timer = realTimeout(() => {
			unwatch();
			reject(new Error(`The emulator is not so after ${timeoutMs} ms. It is: ${JSON.stringify(ledger.stats())}`));
		}, timeoutMs);
		look();
	});
}
