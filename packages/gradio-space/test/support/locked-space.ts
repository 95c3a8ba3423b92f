import type { ServerResponse } from "node:http";
import { type SeenRequest, startServer, type TestServer } from "../../../http/test/support/http-server.ts";
import { chatConfig, completed, event, eventId, openStream, sendJson } from "./fake-space.ts";

/** A Space that asks for a login, as Gradio does. */
export interface LockedSpace extends TestServer {
	/** Forgets who is logged in, as an app that starts again does; its cookies have another name from there on. */
	restart(): void;
	/** How often somebody tried to log in. */
	logins(): number;
}

export const user = "ada";
export const password = "pa ss+w\u00f6rd&=1";

type Handler = (request: SeenRequest, response: ServerResponse) => boolean | Promise<boolean>;

/**
 * Starts a Space that lets in who has its cookie.
 *
 * @param intercept - may answer a request in another way: it returns true then
 */
export async function startLockedSpace(intercept: Handler = () => false): Promise<LockedSpace> {
	let run = 1;
	let sessions = 0;
	let known = new Set<string>();
	const server = await startServer(async (request, response) => {
		if (await intercept(request, response)) return;
		const path = request.path.replace(/^\/gradio_api/, "");
		if (path === "/login") {
			const form = new URLSearchParams(request.body);
			if (form.get("username") !== user || form.get("password") !== password) {
				sendJson(response, { detail: "Incorrect credentials." }, 400);
				return;
			}
			sessions += 1;
			const cookie = `session-value-${run}-${sessions}`;
			known.add(cookie);
			response.setHeader("set-cookie", [
				`access-token-${run}=${cookie}; HttpOnly; Path=/; SameSite=none; Secure`,
				`access-token-unsecure-${run}=${cookie}; HttpOnly; Path=/; SameSite=lax`,
			]);
			sendJson(response, { success: true });
			return;
		}
		const sent = new RegExp(`access-token-unsecure-${run}=([^;]+)`).exec(request.headers.cookie ?? "")?.[1];
		if (sent === undefined || !known.has(sent)) sendJson(response, { detail: "Not authenticated" }, 401);
		else if (path === "/config") sendJson(response, chatConfig());
		else if (path === "/queue/join") sendJson(response, { event_id: eventId });
		else if (path === "/queue/data") {
			openStream(response);
			response.end(event(completed("", [["q", "a"]], "")));
		} else sendJson(response, { success: true });
	});
	return Object.assign(server, {
		restart() {
			run += 1;
			known = new Set();
		},
		logins: () => server.requests.filter(({ path }) => path === "/login").length,
	});
}
