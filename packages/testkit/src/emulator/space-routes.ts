import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { EmulatedFunction } from "./emulated-function.ts";
import { type FaultPlan, isSlowAt, stopsAt } from "./fault.ts";
import { fileRoutes } from "./file-routes.ts";
import type { FileStore } from "./file-store.ts";
import { BodyWriter, htmlType, InternalError, jsonType, Refusal, send, sendInternalError, sendJson } from "./http-answers.ts";
import { Job } from "./job.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Ledger } from "./ledger.ts";
import type { Login } from "./login.ts";
import { MessageStream } from "./message-stream.ts";
import type { QueueMessage, QueueMessages } from "./queue-messages.ts";
import { type FieldRule, readBody, toInteger } from "./read-request.ts";
import { type Exchange, fieldsOf, findRoute, missingFromQuery, type Route, urlOf } from "./route.ts";
import { Sessions } from "./sessions.ts";
import { refuseHandshake, strike, strikeHandshake } from "./strike.ts";
import { UploadProgress } from "./upload-progress.ts";
import type { VersionProfile } from "./version-profile.ts";
import { WebSocketQueue } from "./web-socket-queue.ts";

/** What the routes of a Space need. */
export interface RoutesSetting {
	readonly profile: VersionProfile;
	readonly functions: readonly (readonly [name: string, definition: EmulatedFunction])[];
	/** The text of `/config`, for who has logged in. */
	readonly config: (user: string | undefined) => string;
	/** The text of `/info`. */
	readonly info: string;
	/** The app's id, in digits. */
	readonly appId: string;
	readonly queue: JobQueue;
	readonly messages: QueueMessages;
	readonly ledger: Ledger;
	readonly faults: FaultPlan;
	readonly heartbeatMs: number;
	readonly token: string | undefined;
	readonly login: Login;
	readonly store: FileStore;
	readonly maxFileSize: number | undefined;
}

type BodyFields = Readonly<Record<string, unknown>>;

const streamType = "text/event-stream; charset=utf-8";
const noDirectCalls = "This API endpoint does not accept direct HTTP POST requests. Please join the queue to use this API.";

const joinRules: Readonly<Record<string, FieldRule>> = {
	data: "list",
	fn_index: "integer?",
	session_hash: "string?",
	trigger_id: "integer?",
};

/** The HTTP side of a Space. */
export class SpaceRoutes {
	readonly #setting: RoutesSetting;
	readonly #sessions: Sessions;
	readonly #webSockets: WebSocketQueue;
	readonly #uploads = new UploadProgress();
	/** Jobs of 3.50 by session and function, and of 4.0 by event, for `/reset` and `/queue/data`. */
	readonly #jobs = new Map<string, Job>();
	/** Ends the streams of 4.0, by event. */
	readonly #ends = new Map<string, () => void>();
	readonly #routes: readonly Route[];

	constructor(setting: RoutesSetting) {
		this.#setting = setting;
		const { profile, functions, queue, messages, ledger, faults } = setting;
		this.#sessions = new Sessions(profile, messages, queue);
		this.#webSockets = new WebSocketQueue({ functions, queue, messages, ledger, faults, jobs: this.#jobs });
		this.#routes = this.#makeRoutes();
	}

	async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const { profile, ledger, faults, token, login } = this.#setting;
		response.on("error", () => undefined);
		ledger.count("openRequests", 1);
		response.once("close", () => ledger.count("openRequests", -1));
		const url = urlOf(incoming);
		const request = { method: incoming.method ?? "GET", path: url.pathname, query: url.searchParams, headers: incoming.headers, body: "" };
		const found = findRoute(this.#routes, profile.prefix, request.method, url.pathname);
		ledger.addRequest(request, found?.pattern ?? url.pathname);
		const isUpload = found?.route?.point === "upload";
		const bytes = await readBody(incoming, isUpload ? this.#progressOf(url.searchParams.get("upload_id")) : undefined);
		if (bytes === undefined) return;
		// The last requests are kept, and must not keep files.
		request.body = isUpload ? `<${bytes.length} bytes>` : bytes.toString("utf8");
		const user = login.userOf(incoming.headers);
		try {
			if (token !== undefined && incoming.headers.authorization !== `Bearer ${token}`) throw login.refusal();
			if (found === undefined) throw new Refusal(404, "Not Found");
			if (found.route === undefined) throw new Refusal(405, "Method Not Allowed", { allow: found.allow });
			if (found.route.point !== undefined && strike(faults, found.route.point, response)) return;
			if (found.route.open !== true && login.refuses(user)) throw login.refusal();
			await found.route.answer({ request, bytes, response, parameters: found.parameters, user });
		} catch (error) {
			if (error instanceof Refusal) sendJson(response, error.status, { detail: error.detail }, error.headers);
			else sendInternalError(response, error instanceof InternalError && error.traceback);
		}
	}

	/** Tells who watches an upload how far it is. */
	#progressOf(id: string | null): ((part: Buffer) => void) | undefined {
		if (id === null) return undefined;
		let name: string | undefined;
		return (part) => {
			name ??= /filename="([^"]*)"/.exec(part.toString("utf8"))?.[1] ?? "";
			this.#uploads.update(id, name, part.length);
		};
	}

	upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
		const { profile, ledger, faults, token, login } = this.#setting;
		const url = urlOf(request);
		const seen = { method: "UPGRADE", path: url.pathname, query: url.searchParams, headers: request.headers, body: "" };
		ledger.addRequest(seen, url.pathname);
		ledger.count("openRequests", 1);
		const over = (): void => {
			socket.off("close", over);
			ledger.count("openRequests", -1);
		};
		socket.on("close", over);
		const user = login.userOf(request.headers);
		const refused = profile.protocol !== "websocket" || url.pathname !== "/queue/join" || login.refuses(user);
		if (refused || (token !== undefined && request.headers.authorization !== `Bearer ${token}`)) {
			refuseHandshake(socket, 403);
		} else if (!strikeHandshake(faults, socket)) {
			this.#webSockets.accept(request, socket, head, user);
			over();
		}
	}

	#makeRoutes(): Route[] {
		const { profile, config, info, appId, login, store, maxFileSize } = this.#setting;
		const routes: Route[] = [
			{
				method: "GET",
				path: "/",
				atRoot: true,
				open: true,
				answer: ({ response }) => send(response, 200, htmlType, "<!doctype html><title>Gradio</title>"),
			},
			{
				method: "GET",
				path: "/config",
				atRoot: true,
				point: "config",
				answer: ({ response, user }) => this.#send("config", response, 200, config(user)),
			},
			...["/info", ...(profile.prefix === "" ? ["/info/"] : [])].map(
				(path): Route => ({ method: "GET", path, point: "info", answer: ({ response }) => this.#send("info", response, 200, info) }),
			),
			{
				method: "GET",
				path: "/app_id",
				open: true,
				point: "app_id",
				answer: ({ response }) => send(response, 200, jsonType, `{"app_id":${appId}}`),
			},
			...login.routes(),
			...fileRoutes({
				profile,
				store,
				maxFileSize,
				progress: this.#uploads,
				sendFile: (response, headers, bytes) => this.#sendBytes("file", response, 200, headers, bytes),
			}),
			...["/run/:name", "/api/:name"].map(
				(path): Route => ({ method: "POST", path, point: "run", answer: (exchange) => this.#run(exchange) }),
			),
			{ method: "POST", path: "/reset", open: true, point: "reset", answer: (exchange) => this.#reset(exchange) },
		];
		if (profile.protocol === "sse") {
			routes.push(
				{ method: "GET", path: "/queue/join", point: "stream", answer: (exchange) => this.#joinByGet(exchange) },
				{ method: "POST", path: "/queue/data", point: "data", answer: (exchange) => this.#takeData(exchange) },
			);
		}
		if (profile.eventIds) {
			routes.push(
				{ method: "POST", path: "/queue/join", point: "join", answer: (exchange) => this.#joinByPost(exchange) },
				{ method: "GET", path: "/queue/data", point: "stream", answer: (exchange) => this.#stream(exchange) },
			);
		}
		if (profile.hasCall) {
			routes.push(
				{ method: "POST", path: "/call/:name", point: "call", answer: (exchange) => this.#call(exchange) },
				{ method: "GET", path: "/call/:name/:id", point: "stream", answer: (exchange) => this.#callStream(exchange) },
			);
		}
		if (profile.cancel !== "absent")
			routes.push({ method: "POST", path: "/cancel", open: true, point: "cancel", answer: (exchange) => this.#cancel(exchange) });
		if (profile.hasHeartbeatRoute)
			routes.push({ method: "GET", path: "/heartbeat/:hash", open: true, answer: (exchange) => this.#heartbeat(exchange) });
		return routes;
	}

	// What is not in the queue.

	async #run({ request, response, parameters, user }: Exchange): Promise<void> {
		const { profile, queue, ledger } = this.#setting;
		const fields = fieldsOf(request, joinRules);
		const index = toInteger(fields.fn_index);
		const found = index === undefined ? this.#functionNamed(parameters.name) : this.#functionAt(index);
		if (found === undefined) throw new InternalError(profile.tracebacks);
		const [name, definition] = found;
		if (definition.queue !== false) throw new Refusal(404, profile.protocol === "websocket" ? "Not Found" : noDirectCalls);
		const session = typeof fields.session_hash === "string" ? fields.session_hash : undefined;
		const job = new Job(
			{ name, definition, session, inputs: fields.data as unknown[], user, whole: true, deliver: () => undefined },
			ledger,
		);
		response.once("close", () => {
			if (!response.writableFinished) job.abandon(true);
		});
		const { status, body } = await queue.runAtOnce(job);
		this.#send("run", response, status, JSON.stringify(body));
	}

	#heartbeat({ response }: Exchange): void {
		openStream(response);
		response.write("data: ALIVE\n\n");
		const timer = setInterval(() => response.write("data: ALIVE\n\n"), this.#setting.heartbeatMs);
		response.once("close", () => clearInterval(timer));
	}

	// The queue of 4.0: the stream joins, the data comes later.

	#joinByGet({ request, response, user }: Exchange): void {
		const { queue, messages, ledger } = this.#setting;
		const index = toInteger(request.query.get("fn_index"));
		const session = request.query.get("session_hash");
		if (index === undefined || session === null) {
			throw missingFromQuery(index === undefined ? "fn_index" : "session_hash");
		}
		const found = this.#functionAt(index);
		if (found === undefined) throw new InternalError(false);
		const [name, definition] = found;
		const opened = this.#openStream(response, (message) => `data: ${messages.toJson(message)}\n\n`);
		if (queue.isFull) {
			opened.stream.finish({ msg: "queue_full" });
			return;
		}
		const job = new Job(
			{
				name,
				definition,
				session,
				inputs: undefined,
				user,
				whole: true,
				deliver: (message) => {
					opened.stream.send(message);
					if (message.msg === "process_completed") opened.stream.finish();
				},
			},
			ledger,
		);
		this.#jobs.set(job.id, job);
		this.#ends.set(job.id, () => opened.stream.finish());
		opened.onLeft(() => queue.leave(job));
		void job.over.then(() => {
			this.#jobs.delete(job.id);
			this.#ends.delete(job.id);
		});
		queue.push(job);
	}

	#takeData({ request, response }: Exchange): void {
		const fields = fieldsOf(request, { ...joinRules, event_id: "string?" });
		const job = this.#jobs.get(String(fields.event_id));
		if (job === undefined || job.state !== "running" || job.inputs !== undefined) throw new InternalError(false);
		job.provide(fields.data as unknown[]);
		sendJson(response, 200, null);
	}

	// The queue from 4.16 on.

	#joinByPost({ request, response, user }: Exchange): void {
		const { profile } = this.#setting;
		const fields = fieldsOf(request, joinRules);
		if (typeof fields.session_hash !== "string") throw new Refusal(400, profile.missingSession);
		const index = toInteger(fields.fn_index);
		if (index === undefined) throw new Refusal(400, "No function index provided.");
		this.#enqueue("join", response, fields, () => this.#functionAt(index), user);
	}

	#stream({ request, response }: Exchange): void {
		const { messages } = this.#setting;
		const hash = request.query.get("session_hash");
		if (hash === null) throw missingFromQuery("session_hash");
		this.#openSession(response, hash, (message) => `data: ${messages.toJson(message)}\n\n`);
	}

	#call({ request, response, parameters, user }: Exchange): void {
		const fields = fieldsOf(request, joinRules);
		const found = this.#functionNamed(parameters.name);
		if (found === undefined) throw new InternalError(this.#setting.profile.tracebacks);
		this.#enqueue("call", response, fields, () => found, user);
	}

	#callStream({ response, parameters }: Exchange): void {
		this.#openSession(response, parameters.id ?? "", (message) => this.#setting.messages.toCallEvent(message));
	}

	/** Values of `/call` go out whole. */
	#enqueue(
		point: "join" | "call",
		response: ServerResponse,
		fields: BodyFields,
		find: () => readonly [string, EmulatedFunction] | undefined,
		user: string | undefined,
	): void {
		const { profile, queue, ledger } = this.#setting;
		if (queue.isFull) throw new Refusal(503, `Queue is full. Max size is ${queue.maxSize} and size is ${queue.size}.`);
		const found = find();
		if (found === undefined) throw new InternalError(profile.tracebacks);
		const [name, definition] = found;
		const session = typeof fields.session_hash === "string" ? fields.session_hash : undefined;
		const deliver = (message: QueueMessage): void => this.#sessions.deliver(job, message);
		const job: Job = new Job(
			{ name, definition, session, inputs: fields.data as unknown[], user, whole: point === "call", deliver },
			ledger,
		);
		this.#sessions.join(job);
		this.#send(point, response, 200, JSON.stringify({ event_id: job.id }));
	}

	#openSession(response: ServerResponse, hash: string, encode: (message: QueueMessage) => string | undefined): void {
		const { messages } = this.#setting;
		const opened = this.#openStream(response, encode);
		if (!this.#sessions.has(hash)) {
			opened.stream.breakOff(messages.sessionNotFound());
			return;
		}
		opened.onLeft(() => this.#sessions.drop(hash, opened.stream));
		response.on("drain", () => this.#sessions.resume(hash));
		this.#sessions.open(hash, opened.stream);
	}

	#cancel({ request, response }: Exchange): void {
		const fields = fieldsOf(request, { session_hash: "string", fn_index: "integer", event_id: "string" });
		this.#sessions.cancel(String(fields.session_hash), String(fields.event_id));
		sendJson(response, 200, { success: true });
	}

	#reset({ request, response }: Exchange): void {
		const { profile } = this.#setting;
		const rules: Readonly<Record<string, FieldRule>> =
			profile.reset === "restarts" ? { session_hash: "string", fn_index: "integer" } : { event_id: "string" };
		const fields = fieldsOf(request, rules);
		sendJson(response, 200, { success: this.#resetJob(fields) });
	}

	/** @returns whether there was something to reset */
	#resetJob(fields: BodyFields): boolean {
		const { profile, queue } = this.#setting;
		if (profile.reset === "nothing") return true;
		if (profile.reset === "silences") return this.#sessions.reset(String(fields.event_id));
		const key = profile.reset === "restarts" ? `${String(fields.session_hash)}_${String(fields.fn_index)}` : String(fields.event_id);
		const job = this.#jobs.get(key);
		if (job === undefined || job.steps === 0) return false;
		if (profile.reset === "restarts") job.restarts = true;
		else {
			queue.reset(job);
			this.#ends.get(key)?.();
		}
		return true;
	}

	// Shared.

	#functionNamed(name: string | undefined): readonly [string, EmulatedFunction] | undefined {
		return this.#setting.functions.find(([known]) => known === name);
	}

	/** Up to 4.29 the functions are a list of Python's, of which a negative index counts from the end. */
	#functionAt(index: number): readonly [string, EmulatedFunction] | undefined {
		const { profile, functions } = this.#setting;
		return profile.dependencyIds && index < 0 ? undefined : functions.at(index);
	}

	/** Sends a JSON text, with the faults that strike its body. */
	#send(point: "config" | "join" | "run" | "call" | "info", response: ServerResponse, status: number, json: string): void {
		this.#sendBytes(point, response, status, { "content-type": jsonType }, Buffer.from(json));
	}

	#sendBytes(
		point: "config" | "join" | "run" | "call" | "info" | "file",
		response: ServerResponse,
		status: number,
		headers: Readonly<Record<string, string>>,
		bytes: Uint8Array,
	): void {
		if (response.destroyed) return;
		const { faults } = this.#setting;
		const stop = faults.take(stopsAt(`${point}-body`));
		const slow = faults.take(isSlowAt(point));
		response.writeHead(status, { server: "uvicorn", ...headers, "content-length": bytes.length });
		if (stop === undefined && slow === undefined) {
			response.end(bytes);
			return;
		}
		const writer = new BodyWriter(response, slow);
		writer.write(stop === undefined ? bytes : bytes.subarray(0, bytes.length / 2));
		if (stop === undefined) writer.end();
		else if (stop.kind === "cut") writer.cut(stop.how === "end" ? "close" : stop.how);
	}

	#openStream(
		response: ServerResponse,
		encode: (message: QueueMessage) => string | undefined,
	): { stream: MessageStream; onLeft: (leave: () => void) => void } {
		const { profile, ledger, faults, heartbeatMs, messages } = this.#setting;
		openStream(response);
		ledger.count("openStreams", 1);
		const stream = new MessageStream(new BodyWriter(response, faults.take(isSlowAt("stream"))), faults, encode);
		let timer: NodeJS.Timeout | undefined;
		if (profile.heartbeats === "repeated") timer = setInterval(() => stream.send(messages.heartbeat()), heartbeatMs);
		if (profile.heartbeats === "once") timer = setTimeout(() => stream.send(messages.heartbeat()), heartbeatMs);
		let left: (() => void) | undefined;
		response.once("close", () => {
			clearTimeout(timer);
			ledger.count("openStreams", -1);
			if (!response.writableFinished) left?.();
		});
		return {
			stream,
			onLeft: (leave) => {
				left = leave;
			},
		};
	}
}

function openStream(response: ServerResponse): void {
	response.writeHead(200, { server: "uvicorn", "content-type": streamType });
	response.flushHeaders();
}
