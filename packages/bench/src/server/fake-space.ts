import { randomBytes } from "node:crypto";
import type { Server, Socket } from "node:net";

import { type AnswerPlan, planIn, questionFor } from "../answer.ts";
import { bytesForJob, type PreparedStream, prepareStream } from "./prepared-stream.ts";
import { createRawServer, lastChunk, sendJson, streamHead } from "./raw-http.ts";
import { sendStream } from "./send-stream.ts";
import { closeStream, type FakedGradio, plannedEvents } from "./space-messages.ts";

/** A session: its stream, where one is open, and the jobs whose messages wait for one. */
interface Session {
	socket: Socket | undefined;
	readonly waiting: (() => void)[];
	/** Jobs that are not over. */
	jobs: number;
}

const textbox = { label: "Input", parameter_name: "input", type: { type: "string" }, python_type: { type: "str" }, component: "Textbox" };
const chatbot = {
	label: "Chatbot",
	parameter_name: "history",
	type: { type: "array" },
	python_type: { type: "list" },
	component: "Chatbot",
};

/** Without it `@gradio/client` calls nothing. */
const info = JSON.stringify({
	named_endpoints: { "/model_chat": { parameters: [textbox, chatbot, textbox], returns: [textbox, chatbot, textbox] } },
	unnamed_endpoints: {},
});

/**
 * A Space that answers the benchmark's questions, and costs next to nothing: the bytes of each answer are made once.
 *
 * @param gradio - which Gradio it is
 * @param config - the body of `/config`
 */
export function createFakeSpace(gradio: FakedGradio, config: string): Server {
	const prefix = gradio === "5.50.0" ? "/gradio_api" : "";
	const prepared = new Map<string, PreparedStream>();
	const sessions = new Map<string, Session>();
	const end = prepareStream(closeStream[gradio] === "" ? [] : [closeStream[gradio]]).bytes.toString() + lastChunk;
	const epoch = randomBytes(8).toString("hex");
	let served = 0;

	function preparedFor(plan: AnswerPlan): PreparedStream {
		const question = questionFor(plan);
		let stream = prepared.get(question);
		if (stream === undefined) {
			stream = prepareStream(plannedEvents(gradio, question, plan.tokens));
			prepared.set(question, stream);
		}
		return stream;
	}

	function join(socket: Socket, body: string): void {
		const plan = planIn(body);
		const stream = preparedFor(plan);
		served += 1;
		const eventId = epoch + served.toString(16).padStart(16, "0");
		const hash = /"session_hash": *"([^"]+)"/.exec(body)?.[1] ?? "";
		const session = sessions.get(hash) ?? { socket: undefined, waiting: [], jobs: 0 };
		sessions.set(hash, session);
		session.jobs += 1;
		const onEnd = (): void => {
			session.jobs -= 1;
			if (session.jobs > 0) return;
			session.socket?.write(end);
			sessions.delete(hash);
		};
		const send = (): void =>
			sendStream(session.socket as Socket, {
				bytes: bytesForJob(stream, eventId),
				ends: stream.ends,
				before: 2,
				after: 1,
				everyMs: plan.everyMs,
				onEnd,
			});
		sendJson(socket, JSON.stringify({ event_id: eventId }));
		if (session.socket === undefined) session.waiting.push(send);
		else send();
	}

	function listen(socket: Socket, hash: string): void {
		const session = sessions.get(hash);
		if (session === undefined) {
			sendJson(socket, `{"detail":"Session not found."}`, "404 Not Found");
			return;
		}
		session.socket = socket;
		socket.write(streamHead);
		for (const send of session.waiting.splice(0)) send();
	}

	return createRawServer(({ method, target, body }, socket) => {
		const path = target.replace(/\?.*/, "");
		if (method === "POST" && path === `${prefix}/queue/join`) join(socket, body);
		else if (method === "GET" && path === `${prefix}/queue/data`) listen(socket, /session_hash=([^&]+)/.exec(target)?.[1] ?? "");
		else if (method === "GET" && path.startsWith(`${prefix}/heartbeat/`)) socket.write(streamHead);
		else if (method === "GET" && path === "/config") sendJson(socket, config);
		else if (method === "GET" && path === `${prefix}/info`) sendJson(socket, info);
		else sendJson(socket, `{"detail":"Not Found"}`, "404 Not Found");
	});
}
