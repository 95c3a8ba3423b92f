import { sendsCookies } from "../runtime.ts";
import { refused } from "../transport/event-stream.ts";
import { type CookieJar, createCookieJar } from "./cookie-jar.ts";
import type { LoginOptions } from "./login.ts";

/**
 * Logs in, as every Gradio from 3 to 6 takes it: a form to `/login`, at the root of the app, whose answer sets the cookies of the session.
 *
 * @param options - who, and where
 * @param signal - gives it up
 * @returns the cookies
 */
export async function logIn(options: LoginOptions, signal: AbortSignal): Promise<CookieJar> {
	const { auth, http, toError, onSecret } = options;
	const [user, password] = auth;
	if (!sendsCookies()) {
		throw toError({
			kind: "cannot",
			capability: "login-cookies",
			reason: "it asks for a login, which is a cookie, and this runtime lets no program send one.",
			hint: "Call it from a server, such as Node, Bun, Deno or a worker.",
		});
	}
	const base = options.baseUrl();
	const answer = await http.send({
		method: "POST",
		path: "/login",
		phase: "login",
		accept: "application/json",
		body: new URLSearchParams({ username: user, password }).toString(),
		contentType: "application/x-www-form-urlencoded",
		connectMs: Infinity,
		takesRedirects: true,
		signal,
	});
	const { response } = answer;
	const { status, ok } = response;
	if (status === 400 || status === 401 || status === 403) {
		throw toError({ kind: "login-refused", user, status, body: (await answer.text({}, signal)).text });
	}
	// An app with another kind of login sends its visitors from here to its page.
	if ((status > 0 && status < 400 && !ok) || response.type === "opaqueredirect" || status === 404 || status === 405 || status === 422) {
		answer.close();
		throw toError({ kind: "login-refused", user, status, body: undefined });
	}
	if (!ok) throw await refused(answer, "login", toError, signal);
	answer.close();
	const jar = createCookieJar(new URL(base).origin, onSecret);
	jar.take(response, `${base}/login`);
	if (jar.isEmpty()) {
		throw toError({
			kind: "cannot",
			capability: "login-cookies",
			reason: "its answer to the login has no cookie that this runtime, or the option fetch, shows.",
			hint: "Call it from a server, such as Node, Bun, Deno or a worker, with a fetch that gives the Set-Cookie headers.",
		});
	}
	return jar;
}
