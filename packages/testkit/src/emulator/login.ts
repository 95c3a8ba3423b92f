import { randomBytes } from "node:crypto";

import { Refusal, send, sendJson } from "./http-answers.ts";
import { parseMultipart } from "./multipart.ts";
import type { Exchange, Route } from "./route.ts";
import type { VersionProfile } from "./version-profile.ts";

/** A user and a password that a Space asks for. */
export interface EmulatedAuth {
	readonly user: string;
	readonly password: string;
}

/** The login of an app: cookies whose names change with every start, and whose values are forgotten with it. */
export class Login {
	readonly #profile: VersionProfile;
	readonly #auth: EmulatedAuth | undefined;
	readonly #cookieId = randomBytes(32).toString("base64url");
	readonly #tokens = new Set<string>();

	constructor(profile: VersionProfile, auth: EmulatedAuth | undefined) {
		this.#profile = profile;
		this.#auth = auth;
	}

	/** Who sends a request; undefined for nobody. */
	userOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
		const pairs = String(headers.cookie ?? "")
			.split(";")
			.map((pair) => pair.trim().split("="));
		const known = pairs.some(
			([name, value = ""]) =>
				(name === `access-token-${this.#cookieId}` || name === `access-token-unsecure-${this.#cookieId}`) && this.#tokens.has(value),
		);
		return known ? this.#auth?.user : undefined;
	}

	/** Whether a request has to be refused. */
	refuses(user: string | undefined): boolean {
		return this.#auth !== undefined && user === undefined;
	}

	/** What is said to who has not logged in. */
	refusal(): Refusal {
		return new Refusal(401, this.#profile.titles ? { error: "Not authenticated", auth_message: null } : "Not authenticated");
	}

	routes(): Route[] {
		const routes: Route[] = ["/login", "/login/"].map((path) => ({
			method: "POST",
			path,
			atRoot: true,
			open: true,
			point: "login",
			answer: (exchange) => this.#login(exchange),
		}));
		routes.push(
			{ method: "GET", path: "/login_check", answer: ({ response }) => sendJson(response, 200, null) },
			{
				method: "GET",
				path: "/token",
				open: true,
				answer: ({ response, user }) => sendJson(response, 200, { token: null, user: user ?? null }),
			},
		);
		if (this.#profile.logout !== "absent")
			routes.push({ method: "GET", path: "/logout", atRoot: true, open: true, answer: (exchange) => this.#logout(exchange) });
		return routes;
	}

	#login({ request, bytes, response }: Exchange): void {
		const fields = formFields(bytes, request.headers["content-type"]);
		const missing = ["username", "password"].filter((name) => fields.get(name) === undefined);
		if (missing.length > 0) {
			throw new Refusal(
				422,
				missing.map((name) => ({ type: "missing", loc: ["body", name], msg: "Field required", input: null })),
			);
		}
		if (this.#auth === undefined) {
			redirectHome(response);
			return;
		}
		if (fields.get("username")?.trim() !== this.#auth.user || fields.get("password") !== this.#auth.password) {
			throw new Refusal(400, "Incorrect credentials.");
		}
		const token = randomBytes(16).toString("hex");
		this.#tokens.add(token);
		response.setHeader("set-cookie", [
			`access-token-${this.#cookieId}=${token}; HttpOnly; Path=/; SameSite=none; Secure`,
			`access-token-unsecure-${this.#cookieId}=${token}; HttpOnly; Path=/; SameSite=lax`,
		]);
		sendJson(response, 200, { success: true });
	}

	/** Ends all logins of the user. */
	#logout({ response, user }: Exchange): void {
		if (user !== undefined) this.#tokens.clear();
		if (this.#profile.logout === "keeps-cookies") {
			redirectHome(response);
			return;
		}
		const past = "expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax";
		response.setHeader("set-cookie", [`access-token-${this.#cookieId}=""; ${past}`, `access-token-unsecure-${this.#cookieId}=""; ${past}`]);
		redirectHome(response);
	}
}

function redirectHome(response: Exchange["response"]): void {
	send(response, 302, "text/plain", "", { location: "/" });
}

function formFields(bytes: Buffer, contentType: string | string[] | undefined): ReadonlyMap<string, string> {
	const type = String(contentType ?? "");
	if (type.startsWith("application/x-www-form-urlencoded")) return new Map(new URLSearchParams(bytes.toString("utf8")));
	return new Map((parseMultipart(bytes, type) ?? []).map(({ field, bytes: value }) => [field, value.toString("utf8")]));
}
