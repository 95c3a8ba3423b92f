import { createSharedWork, type Fetch, parseJson } from "@spaceport/http";
import type { ToError } from "../space-failure.ts";
import { refused } from "../transport/event-stream.ts";
import { createHttp } from "../transport/http.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";

/** Which Space at which hub, and who asks. */
export interface SignerOptions {
	/** Without a slash at its end. */
	readonly hubUrl: string;
	/** Where the hub's API tells about the Space. */
	readonly hubPath: string;
	/** `owner/name`, where it is known. */
	readonly id: string | undefined;
	readonly token: string;
	readonly fetch: Fetch | undefined;
	readonly toError: ToError;
	/** Told of each signature, so that no error shows it. */
	readonly onSecret: (value: string) => void;
}

/** How long a caller waits for a signature. */
export interface SignWait {
	readonly signal?: AbortSignal | undefined;
	/** In milliseconds. */
	readonly connectMs: number;
}

/** Signs addresses of one private Space: where no header can go, its proxy takes `__sign` in the query. */
export interface Signer {
	/**
	 * An address with a signature. The hub gives one for the token; it is kept until shortly before it ends, and shared by callers at the same time.
	 *
	 * @param url - of the Space itself
	 * @param wait - signal and limit
	 * @throws SpaceportError with code `authentication` where the hub does not take the token; `space-unavailable` where it does not know the Space
	 */
	sign(url: string, wait: SignWait): Promise<string>;
}

interface Signature {
	readonly token: string;
	/** By `performance.now()`. */
	readonly goodUntil: number;
}

/** What a signature must still be good for, so that it can be used. */
const marginMs = 60_000;
/** How long one is kept that does not say when it ends. */
const unknownMs = 60_000;

/** Makes the signer of one Space. It does no I/O. */
export function createSigner({ hubUrl, hubPath, id, token, fetch, toError, onSecret }: SignerOptions): Signer {
	const http = createHttp({ baseUrl: () => hubUrl, token, headers: {}, fetch, toError });
	const work = createSharedWork<Signature>();
	let known: Signature | undefined;

	async function ask(path: string, signal: AbortSignal): Promise<unknown> {
		// Its waiters hold the deadline.
		const answer = await http.send({ method: "GET", path, phase: "hub", accept: "application/json", connectMs: Infinity, signal });
		const { status, ok } = answer.response;
		if (status === 401 || status === 403) {
			answer.close();
			throw toError({ kind: "hub-refused", hubUrl, status });
		}
		if (status === 404) {
			answer.close();
			throw toError({ kind: "not-running", stage: "gone", reported: undefined, afterMs: undefined });
		}
		if (!ok) throw await refused(answer, "hub", toError, signal);
		return parseJson((await answer.text({ maxBytes: 4 * 1024 * 1024 }, signal)).text);
	}

	function member(json: unknown, name: string): string {
		const value: unknown = typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;
		if (typeof value === "string" && value !== "") return value;
		// What came may have the signature in it, under another name.
		throw toError({ kind: "unreadable", phase: "hub", body: "" });
	}

	async function fetchSignature(signal: AbortSignal): Promise<Signature> {
		const name = id ?? member(await ask(hubPath, signal), "id");
		const jwt = member(await ask(`/api/spaces/${name}/jwt`, signal), "token");
		onSecret(jwt);
		const lifeMs = lifetimeMs(jwt) ?? unknownMs + marginMs;
		known = { token: jwt, goodUntil: performance.now() + lifeMs - Math.min(marginMs, lifeMs / 2) };
		return known;
	}

	return {
		async sign(url, { signal, connectMs }) {
			const late = (): Error => toError({ kind: "late", phase: "hub", afterMs: connectMs });
			const wait = createWaitSignal({ caller: signal, forMs: connectMs, late, toError });
			try {
				wait.signal.throwIfAborted();
				const good = known !== undefined && performance.now() < known.goodUntil ? known : await work.join(fetchSignature, wait.signal);
				const signed = new URL(url);
				signed.searchParams.set("__sign", good.token);
				return signed.href;
			} finally {
				wait.end();
			}
		},
	};
}

/** How long a JSON Web Token is good; by its own clock where it says when it was made, since this machine's may be wrong. */
function lifetimeMs(jwt: string): number | undefined {
	try {
		const body = (jwt.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
		const { exp, iat } = JSON.parse(atob(body)) as { exp?: unknown; iat?: unknown };
		if (typeof exp !== "number") return undefined;
		const from = typeof iat === "number" ? iat * 1000 : Date.now();
		return Math.max(0, exp * 1000 - from);
	} catch {
		return undefined;
	}
}
