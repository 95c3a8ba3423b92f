import { isSpaceportError, loadPart } from "@spaceport/core";
import { type Batches, createReport, ungroup } from "@spaceport/http";
import { decodeJob } from "./decode/decode-job.ts";
import type { DownloadedFile, DownloadOptions, DownloadSource } from "./files/download.ts";
import type { FileDesk } from "./files/file-desk.ts";
import type { FilePlace } from "./files/read-files.ts";
import { holdsFile, type SpaceFile } from "./files/space-file.ts";
import type { UploadOptions } from "./files/upload.ts";
import type { UploadSource } from "./files/upload-source.ts";
import type { GradioEvent } from "./gradio-event.ts";
import { type ApiName, type BoundEndpoint, bindByName, type FixedEndpoint, showApi } from "./handshake/bind-by-name.ts";
import { type ConfigResult, createConfigStore } from "./handshake/fetch-config.ts";
import { hasHeartbeats } from "./handshake/protocol.ts";
import { mayNotRun, reachSpace } from "./handshake/reach-space.ts";
import type { SpaceConfig } from "./handshake/space-config.ts";
import type { EndpointContract } from "./introspect/check-contract.ts";
import type { EndpointInfo } from "./introspect/endpoint-info.ts";
import type { Introspection } from "./introspect/introspection.ts";
import type { HubStage } from "./locate/hub-answer.ts";
import { createLocator, type Locator } from "./locate/locator.ts";
import { createLogin } from "./login/login.ts";
import { parts } from "./parts/parts.ts";
import type { Session, SessionUse } from "./session/create-session.ts";
import { createToError, explained, isTyped, type ToError } from "./space-failure.ts";
import {
	type CallOptions,
	type CompleteCallOptions,
	type CreateSpaceOptions,
	checkApi,
	checkCallOptions,
	checkCredentials,
	checkFetchHosts,
	completeCallOptions,
	type SubmitOptions,
} from "./space-options.ts";
import type { SpaceFact } from "./to-spaceport-error.ts";
import { createHttp, type Http } from "./transport/http.ts";
import type { Job, JobOptions } from "./transport/job.ts";
import { startJob } from "./transport/start-job.ts";
import { createWaitSignal, type WaitSignal } from "./transport/wait-signal.ts";

/**
 * The inputs of a call. In order, all of them, or all but those that callers do not see (`gr.State`), which get null. Or by name, as `endpoints()` has them, or as the page
 * shows them (`System prompt` or `system_prompt`): what is left out gets its default then.
 */
export type SubmitInputs = readonly unknown[] | Readonly<Record<string, unknown>>;

/** The inputs of a call, or what makes them once it is known what the function takes. */
export type SubmitData = SubmitInputs | ((endpoint: BoundEndpoint) => SubmitInputs | Promise<SubmitInputs>);

/** A Space, or any other Gradio server. */
export interface Space {
	/** Its address, without a slash at its end. */
	readonly url: string;
	/**
	 * Reads the Space's config. It is kept, and shared with the calls.
	 *
	 * @param signal - gives it up
	 * @throws SpaceportError with code `space-unavailable`, `authentication`, `rate-limited`, `network`, `timeout`, `protocol` or `aborted`
	 */
	connect(signal?: AbortSignal): Promise<SpaceConfig>;
	/**
	 * What the Space's functions take and give, as it describes them at `/info` and in its config; where it does not tell the first, from the second alone. It is
	 * read once, and kept with the config. Functions without a public name are among them.
	 *
	 * @param signal - gives it up
	 * @param limits - how long to wait. What is left out is as the Space has it
	 * @throws SpaceportError as `connect` does
	 *
	 * @example
	 * ```ts
	 * import { createSpace } from "@spaceport/gradio-space";
	 *
	 * for (const { name, parameters } of await createSpace("http://127.0.0.1:7860").endpoints()) {
	 *   console.log(name, parameters.map((parameter) => `${parameter.name}: ${parameter.component}`));
	 * }
	 * ```
	 */
	endpoints(signal?: AbortSignal, limits?: CallOptions): Promise<readonly EndpointInfo[]>;
	/**
	 * What a function takes and gives, as it can be kept and compared: plain JSON that stays the same over restarts, and over versions of Gradio. Pinned with the
	 * option `contract`, a function that no longer fits it is refused before anything is sent.
	 *
	 * @param api - the function's name, or several of which the first counts that the Space has
	 * @param signal - gives it up
	 * @throws SpaceportError as `connect` does, and `space-contract` where there is no such function
	 */
	contract(api: ApiName, signal?: AbortSignal): Promise<EndpointContract>;
	/**
	 * What the hub says that the Space is doing. It does not wake it.
	 *
	 * @param signal - gives it up
	 * @returns undefined where the hub does not say, or does not know such an address
	 * @throws SpaceportError with code `aborted`
	 */
	stage(signal?: AbortSignal): Promise<HubStage | undefined>;
	/**
	 * Calls a function. It ends with a final value, or throws. Nothing is sent before it is iterated; leaving the loop ends the job on the server. As with every
	 * async generator, `return()` waits while a `next()` is under way: the signal is what ends that at once.
	 *
	 * @param api - the function's name, such as `/model_chat`, or several of which the first counts that the Space has
	 * @param data - its inputs, in order or by name
	 * @param options - signal, limits, protocol
	 * @throws SpaceportError, from the loop: what `connect` throws, and `invalid-request`, `space-contract`, `unsupported`, `queue-full`, `quota-exceeded`,
	 *   `generation` or `stream-interrupted`
	 */
	submit(api: ApiName, data: SubmitData, options?: SubmitOptions): AsyncGenerator<GradioEvent, void, void>;
	/**
	 * Sends a file to the Space. What it gives can be an input of any call. Inputs may be Blobs and Files themselves: they are uploaded then.
	 *
	 * @param source - bytes, a stream of bytes, a data URL, or an address at one of the `fetchHosts`
	 * @param options - name, media type, signal, progress
	 * @throws SpaceportError: what `connect` throws; `invalid-request` where the source cannot be used, or fails; `unsupported` where the file is too large
	 */
	upload(source: UploadSource, options?: UploadOptions): Promise<SpaceFile>;
	/**
	 * Fetches a file. It resolves when the file begins to come. The token and the cookies of a login go along to the Space's own address alone.
	 *
	 * @param file - one of `files`, an address, or a path on the server
	 * @param options - signal, limit, progress
	 * @throws SpaceportError: what `connect` throws; `invalid-request` where the server does not serve the file, as after it has started again
	 */
	download(file: DownloadSource, options?: DownloadOptions): Promise<DownloadedFile>;
	/**
	 * Every file in an output, at any depth, in order, with an absolute address.
	 *
	 * @param value - an output, or all of them
	 */
	files(value: unknown): readonly SpaceFile[];
	/**
	 * An address of a file that works without headers, as for the `src` of an image on a page. For a private Space it has a signature of the hub's in it, which lets
	 * whoever has it see the Space for some minutes: do not store it, and do not log it. A public Space's is the address as it is, as is one at another host.
	 *
	 * @param file - one of `files`, or an address
	 * @param signal - gives it up
	 * @throws SpaceportError with code `authentication`, `space-unavailable`, `network`, `timeout` or `aborted`; `unsupported` where nobody can sign, as for an app with a login
	 */
	signedUrl(file: SpaceFile | URL | string, signal?: AbortSignal): Promise<string>;
	/**
	 * Begins a session: what the app keeps for one visitor (`gr.State`, a history of its own) is there again in its next calls. It does no I/O, and there is nothing
	 * to close. Calls that need none of that are better made by `submit`, which may be called any number of times at once.
	 */
	session(): SpaceSession;
}

/** Calls of one visitor, as the app sees it. */
export interface SpaceSession {
	/**
	 * Calls a function as `Space.submit` does, in this session. One call at a time, each read to its end: calling while another call runs is `invalid-request`. A call
	 * that was left, aborted or broke off may still change what the app keeps, so it ends the session, and a later call is `invalid-request`; one whose function failed
	 * does not. Past the queue works as well, `protocol: "call"` does not.
	 */
	submit(api: ApiName, data: SubmitData, options?: SubmitOptions): AsyncGenerator<GradioEvent, void, void>;
}

/** The longest silence of a server that sends a sign of life every 15 s, in milliseconds. */
const heartbeatIdleMs = 60_000;
/** That of one that does not. */
const silentIdleMs = 600_000;

/** What calls the functions of a Space. It is all that a provider needs: {@link createSpace} has everything else around it, which a page with providers leaves out. */
export interface SpaceCaller {
	readonly url: string;
	/** Calls a function, in a session where one is opened. */
	submit(
		api: ApiName,
		data: SubmitData,
		submitOptions?: SubmitOptions,
		openSession?: (signal: AbortSignal) => Promise<Session>,
	): AsyncGenerator<GradioEvent, void, void>;
	/** Reads the config, and does something with it, within the limits of a call. */
	withConfig<Result>(
		caller: AbortSignal | undefined,
		use: (config: SpaceConfig, wait: CompleteCallOptions & { readonly signal: AbortSignal }) => Promise<Result>,
		limits?: CallOptions,
	): Promise<Result>;
	introspect(signal: AbortSignal | undefined): Promise<Introspection>;
	/** What is done with files. */
	desk(signal: AbortSignal | undefined): Promise<FileDesk>;
	/** Where its files are. */
	place(): FilePlace;
	/** The error of a Space that is not what it was taken for: the next call looks again. */
	changed(fact: SpaceFact): Error;
	/** Drops the config that is known: the next call looks again. */
	forget(): void;
	readonly locator: Locator;
	/** How long a request may take until it is answered, in milliseconds. */
	readonly connectMs: number;
	readonly createId: () => string;
	readonly toError: ToError;
}

/**
 * Makes what calls the functions of a Space. It does no I/O.
 *
 * @param idOrUrl - as {@link createSpace} takes it
 * @param options - the same
 */
export function createCaller(idOrUrl: string, options: CreateSpaceOptions): SpaceCaller {
	const { headers = {}, createId = randomHash, fetch, webSocket, auth } = options;
	const token = options.token === "" ? undefined : options.token;
	checkCredentials(token, headers, auth);
	checkCallOptions(options);
	checkFetchHosts(options.fetchHosts);
	const secrets = { values: new Set([token, auth?.[1]]), headers };
	const toError = createToError(() => locator.url, secrets);
	const locator = createLocator({ space: idOrUrl, token, headers, fetch, hubUrl: options.hubUrl, toError });
	const baseUrl = (): string => locator.url;
	const reach = { baseUrl, token, headers, fetch, toError };
	const login =
		auth &&
		createLogin({ auth: [...auth], baseUrl, http: createHttp(reach), toError, onSecret: (cookie) => void secrets.values.add(cookie) });
	const sender = createHttp({ ...reach, login });
	const http: Http = {
		async send(request) {
			const answer = await sender.send(request);
			if (answer.response.ok) configs.heard();
			return answer;
		},
	};
	const canSign = token !== undefined && locator.hubPath !== undefined;
	const sign: FileDesk["sign"] = async (url, wait) => (await openDesk(wait.signal)).sign(url, wait);
	const sockets = { ...reach, webSocket, login, http, sign: canSign ? sign : undefined };
	const configs = createConfigStore({ http, toError, confirmAfterMs: options.confirmAfterMs ?? 2_000 });
	let introspection: Introspection | undefined;
	const introspect = async (signal: AbortSignal | undefined): Promise<Introspection> => {
		const { createIntrospection } = await loadPart("introspection", parts.introspection, signal);
		introspection ??= createIntrospection(http);
		return introspection;
	};
	const place = (): FilePlace => ({ baseUrl: locator.url, apiPrefix: configs.known?.apiPrefix });

	let desk: FileDesk | undefined;
	/** What is done with files. A signal that has aborted already is for what is done with it. */
	async function openDesk(signal: AbortSignal | undefined): Promise<FileDesk> {
		const end = signal?.aborted === true ? undefined : signal;
		const { createFileDesk } = await loadPart("files", parts.fileDesk, end);
		const reachFiles = { http, login, place, toError, reach: (wait: AbortSignal) => withConfig(wait, async (config) => config) };
		desk ??= createFileDesk({ ...reachFiles, options, token, locator, onSecret: (value) => void secrets.values.add(value) });
		return desk;
	}

	/** The function, and what it means where the queue does not know it either. */
	async function bind(
		result: ConfigResult,
		api: ApiName,
		{ fallback, contract }: SubmitOptions,
		{ protocol }: CompleteCallOptions,
		signal: AbortSignal,
	): Promise<{ endpoint: BoundEndpoint; config: SpaceConfig | undefined; absent: unknown }> {
		const config = result.kind === "usable" ? result.config : undefined;
		const endpoint = config && protocol === undefined ? bindByName(config, api, fallback) : undefined;
		const absent = result.kind === "unusable" ? result.error : undefined;
		if (endpoint !== undefined) return { endpoint, config, absent };
		// What is pinned cannot be told from another function without a config.
		if (config === undefined && (fallback === undefined || contract !== undefined)) throw absent;
		const { bindEndpoint, bindFixedEndpoint } = await loadPart("functions that have no name", parts.bindEndpoint, signal);
		if (config === undefined) return { endpoint: bindFixedEndpoint(fallback as FixedEndpoint, protocol), config, absent };
		const bound = bindEndpoint(config, api, fallback, protocol);
		if ("kind" in bound) throw changed(bound);
		return { endpoint: bound, config, absent };
	}

	/** The Space is not what it was taken for: the next call looks again. */
	function changed(fact: SpaceFact): Error {
		configs.forget();
		return toError(fact);
	}

	function waitSignal(caller: AbortSignal | undefined, { totalMs }: CompleteCallOptions): WaitSignal {
		return createWaitSignal({ caller, forMs: totalMs, late: () => toError({ kind: "too-long", afterMs: totalMs }), toError });
	}

	/** What a runtime's WebSocket throws is no typed error. */
	async function start(jobOptions: JobOptions): Promise<Job> {
		try {
			return await startJob(jobOptions);
		} catch (error) {
			throw isTyped(error) ? error : toError({ kind: "no-answer", phase: "join", cause: error });
		}
	}

	async function* call(
		api: ApiName,
		data: SubmitData,
		submitOptions: SubmitOptions,
		complete: CompleteCallOptions,
		signal: AbortSignal,
		session?: SessionUse,
	): Batches<GradioEvent> {
		const { leaveQueueWhen, contract, onAlive, textSoFar = () => "" } = submitOptions;
		const { connectMs, idleMs, logger } = complete;
		const report = createReport(logger, secrets);
		const config = yield* reachSpace({ locator, configs, toError }, { signal, ...complete });
		const bound = await bind(config, api, submitOptions, complete, signal);
		const { endpoint, absent } = bound;
		const wait = { ...complete, signal };
		session?.reach(bound.config?.appId);
		if (contract !== undefined && bound.config !== undefined) {
			const misfit = await (await introspect(signal)).misfit(bound.config, endpoint.fnIndex, contract, wait);
			if (misfit !== undefined) throw changed({ kind: "contract", ...misfit });
		}
		const given = typeof data === "function" ? await data(endpoint) : data;
		const isWhole = Array.isArray(given) && (endpoint.inputs?.length ?? given.length) === given.length;
		const inOrder = isWhole ? given : await (await introspect(signal)).arrange(showApi(api), bound, given, contract, wait);
		if (!Array.isArray(inOrder)) throw changed(inOrder as SpaceFact);
		const values = holdsFile(inOrder) ? await (await openDesk(signal)).writeInputs(inOrder, endpoint, signal) : inOrder;
		signal.throwIfAborted();
		const job = await start({
			http,
			sockets,
			toError,
			logger,
			endpoint,
			data: values,
			sessionHash: session?.hash ?? createId(),
			rest: session?.rest,
			connectMs,
			idleMs: idleMs ?? (hasHeartbeats(endpoint.protocol) ? heartbeatIdleMs : silentIdleMs),
			onAlive,
			signal,
			onUnreadable: (text) =>
				report("unreadable", { space: locator.url, characters: text.length }, "An event that is no JSON message was skipped."),
		});
		session?.asked();
		// At once, also where the caller does not ask for the next event.
		signal.addEventListener("abort", job.release, { once: true });
		let begun = false;
		try {
			const onOver = (): void => {
				job.close();
				configs.proven(config);
				session?.over();
			};
			const events = decodeJob(job.messages(), { form: endpoint.valueForm, toError, report, textSoFar, onOver, signal });
			for await (const batch of events) {
				if (!begun) session?.begun();
				begun = true;
				for (const [index, event] of batch.entries()) {
					if (event.type !== "queue" || leaveQueueWhen === undefined) continue;
					const place = { rank: event.position, size: event.size, etaMs: event.etaMs };
					if (!leaveQueueWhen(place)) continue;
					if (index > 0) yield batch.slice(0, index);
					throw toError({ kind: "left-queue", ...place });
				}
				yield batch;
				signal.throwIfAborted();
			}
		} catch (error) {
			if (begun) throw error;
			const typed = await explained(error, signal);
			const gone = isSpaceportError(typed, "space-contract");
			if (gone || mayNotRun(typed)) configs.forget();
			throw await explained((gone && absent) || typed, signal);
		} finally {
			signal.removeEventListener("abort", job.release);
			job.release();
		}
	}

	/** The events of a call. It stands beside `submit`: a function* inside of it would be a class of its own for each call. */
	async function* eventsOf(
		api: ApiName,
		data: SubmitData,
		submitOptions: SubmitOptions,
		openSession: ((signal: AbortSignal) => Promise<Session>) | undefined,
		onSignal: (signal: AbortSignal) => void,
	): Batches<GradioEvent> {
		checkCallOptions(submitOptions);
		checkApi(api);
		const complete = completeCallOptions(submitOptions, options);
		const { signal, end } = waitSignal(submitOptions.signal, complete);
		onSignal(signal);
		const start = (use?: SessionUse) => call(api, data, submitOptions, complete, signal, use);
		try {
			signal.throwIfAborted();
			const session = await openSession?.(signal);
			yield* session === undefined ? start() : session.use(showApi(api), signal, start);
		} catch (error) {
			throw await explained(signal.aborted ? signal.reason : error, signal);
		} finally {
			end();
		}
	}

	function submit(
		api: ApiName,
		data: SubmitData,
		submitOptions: SubmitOptions = {},
		openSession?: (signal: AbortSignal) => Promise<Session>,
	): AsyncGenerator<GradioEvent, void, void> {
		let signal: AbortSignal | undefined;
		const onSignal = (own: AbortSignal): void => {
			signal = own;
		};
		return ungroup(eventsOf(api, data, submitOptions, openSession, onSignal), () => signal?.aborted === true);
	}

	/** Reads the config, and does something with it, within the limits of a call. */
	async function withConfig<Result>(
		caller: AbortSignal | undefined,
		use: (config: SpaceConfig, wait: CompleteCallOptions & { readonly signal: AbortSignal }) => Promise<Result>,
		limits: CallOptions = {},
	): Promise<Result> {
		const complete = completeCallOptions(limits, options);
		const { signal, end } = waitSignal(caller, complete);
		const wait = { ...complete, signal };
		try {
			const reaching = reachSpace({ locator, configs, toError }, wait);
			let step = await reaching.next();
			while (step.done !== true) step = await reaching.next();
			if (step.value.kind === "unusable") throw step.value.error;
			return await use(step.value.config, wait);
		} catch (error) {
			throw await explained(signal.aborted ? signal.reason : error, signal);
		} finally {
			end();
		}
	}

	return {
		get url() {
			return baseUrl();
		},
		submit,
		withConfig,
		introspect,
		desk: openDesk,
		place,
		changed,
		forget: configs.forget,
		locator,
		connectMs: completeCallOptions({}, options).connectMs,
		createId,
		toError,
	};
}

function randomHash(): string {
	return crypto.randomUUID().replaceAll("-", "").slice(0, 12);
}
