import { loadPart } from "@spaceport/core";
import { createSharedWork } from "@spaceport/http";
import { parts } from "../parts/parts.ts";
import type { ToError } from "../space-failure.ts";
import type { Http } from "../transport/http.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";
import type { CookieJar } from "./cookie-jar.ts";

/** User and password of an app's own login. */
export type SpaceAuth = readonly [user: string, password: string];

/** What is needed to log in. */
export interface LoginOptions {
	readonly auth: SpaceAuth;
	readonly baseUrl: () => string;
	/** Sends requests that do not log in. */
	readonly http: Http;
	readonly toError: ToError;
	/** Told of the cookies' values, so that no error shows them. */
	readonly onSecret: (value: string) => void;
}

/** How long a request waits for a login. */
export interface LoginWait {
	readonly signal?: AbortSignal | undefined;
	/** In milliseconds. */
	readonly connectMs: number;
}

/**
 * The login of one Space object. Nobody logs in before the server asks for it (401): an app without a login never gets the password, and one whose
 * session is still good costs no request more.
 */
export interface Login {
	/** The cookies of the present session; undefined before the first one. */
	readonly jar: CookieJar | undefined;
	/**
	 * Logs in, unless somebody else has done so since. Requests at the same time share one login.
	 *
	 * @param refused - the cookies with which the server refused
	 * @param wait - signal and limit of the request that waits
	 * @throws SpaceportError with code `authentication` where the server does not let the user in; `unsupported` where this runtime has no cookies
	 */
	renew(refused: CookieJar | undefined, wait: LoginWait): Promise<void>;
}

/**
 * Makes the login of one Space object. It does no I/O.
 *
 * @param options - who, and where
 */
export function createLogin(options: LoginOptions): Login {
	const { toError } = options;
	const work = createSharedWork<void>();
	let jar: CookieJar | undefined;

	async function logInOnce(signal: AbortSignal): Promise<void> {
		const { logIn } = await loadPart("logins", parts.logIn, signal);
		const fresh = await logIn(options, signal);
		if (!signal.aborted) jar = fresh;
	}

	return {
		get jar() {
			return jar;
		},
		async renew(refused, { signal, connectMs }) {
			if (jar !== refused) return;
			const late = (): Error => toError({ kind: "late", phase: "login", afterMs: connectMs });
			const wait = createWaitSignal({ caller: signal, forMs: connectMs, late, toError });
			try {
				await work.join(logInOnce, wait.signal);
			} finally {
				wait.end();
			}
		},
	};
}
