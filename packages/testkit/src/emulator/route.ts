import type { IncomingMessage, ServerResponse } from "node:http";

import type { RequestPoint } from "./fault.ts";
import { Refusal } from "./http-answers.ts";
import type { SeenRequest } from "./ledger.ts";
import { type FieldRule, parseBody } from "./read-request.ts";

/** A request, and where its answer goes. */
export interface Exchange {
	readonly request: SeenRequest & { body: string };
	/** The bytes of the body. */
	readonly bytes: Buffer;
	readonly response: ServerResponse;
	/** What stands in the path for `:name`, `:id`, `:hash`, or for `*`, decoded. */
	readonly parameters: Readonly<Record<string, string>>;
	/** Who has logged in, where one has to. */
	readonly user: string | undefined;
}

/** What is served at one path. */
export interface Route {
	readonly method: "GET" | "POST";
	/** Such as `/call/:name/:id` or `/file=*`, below the prefix unless `atRoot`. */
	readonly path: string;
	readonly atRoot?: boolean;
	/** Whether it is served without a login, where there is one. */
	readonly open?: boolean;
	/** The point whose faults strike it. */
	readonly point?: RequestPoint;
	readonly answer: (exchange: Exchange) => void | Promise<void>;
}

/** What is at a path: without a route where the method is the wrong one. */
export interface FoundRoute {
	readonly route?: Route;
	/** The path with names in the place of what varies. */
	readonly pattern: string;
	readonly allow: string;
	readonly parameters: Readonly<Record<string, string>>;
}

/** Undefined for a path that nobody serves. */
export function findRoute(routes: readonly Route[], prefix: string, method: string, path: string): FoundRoute | undefined {
	let other: FoundRoute | undefined;
	for (const route of routes) {
		const pattern = (route.atRoot === true ? "" : prefix) + route.path;
		const parameters = match(pattern, path);
		if (parameters === undefined) continue;
		if (route.method === (method === "HEAD" ? "GET" : method)) return { route, pattern, allow: method, parameters };
		other = { pattern, allow: route.method, parameters };
	}
	return other;
}

/** The address of a request. A path may begin with two slashes, which would name a host. */
export function urlOf(request: IncomingMessage): URL {
	return new URL(`http://space${request.url ?? "/"}`);
}

/** The values of `:names` in a pattern, or undefined where the path is another one. */
function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
	if (pattern.endsWith("*")) {
		const start = pattern.slice(0, -1);
		return path.startsWith(start) ? { "*": decode(path.slice(start.length)) } : undefined;
	}
	if (!pattern.includes(":")) return pattern === path ? {} : undefined;
	const wanted = pattern.split("/");
	const parts = path.split("/");
	if (wanted.length !== parts.length) return undefined;
	const parameters: Record<string, string> = {};
	for (const [index, want] of wanted.entries()) {
		const part = parts[index] ?? "";
		if (want.startsWith(":") && part !== "") parameters[want.slice(1)] = part;
		else if (want !== part) return undefined;
	}
	return parameters;
}

function decode(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}

/** The fields of a JSON body. @throws Refusal for those that are not what they have to be */
export function fieldsOf(request: SeenRequest, rules: Readonly<Record<string, FieldRule>>): Readonly<Record<string, unknown>> {
	const type = request.headers["content-type"];
	const parsed = parseBody(request.body, typeof type === "string" ? type : undefined, rules);
	if ("problems" in parsed) throw new Refusal(422, parsed.problems);
	return parsed.fields;
}

export function missingFromQuery(name: string): Refusal {
	return new Refusal(422, [{ type: "missing", loc: ["query", name], msg: "Field required", input: null }]);
}
