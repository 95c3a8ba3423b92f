/** A runtime that Spaceport's packages are tested in. */
export type RuntimeName = "node" | "deno" | "bun" | "workerd" | "chromium";

/** The runtime that a test runs in, and what it lets a client do. */
export interface TestRuntime {
	/** `unknown` for any other. */
	readonly name: RuntimeName | "unknown";
	/** Undefined where the runtime does not say it. */
	readonly version: string | undefined;
	/** Whether `fetch` sends every header that it is given. A browser keeps some for itself, such as cookie, origin, referer and user-agent. */
	readonly sendsAllHeaders: boolean;
	/** Whether `fetch` tells where a redirect leads that it does not follow. */
	readonly seesRedirects: boolean;
	/** How many connections it keeps to one server of HTTP/1.1 at the same time; further requests wait. */
	readonly connectionsPerHost: number;
	/** Whether it has Node's modules. Where it has not, a test's servers are at the other end of a tunnel, and can do less. */
	readonly hasNodeModules: boolean;
	/** Whether its WebSocket sends headers of one's own. */
	readonly webSocketHeaders: boolean;
}

/** Asks the runtime what it is, by what only it has. */
export function currentRuntime(): TestRuntime {
	const { name, version } = identify();
	const browser = name === "chromium";
	return {
		name,
		version,
		sendsAllHeaders: !browser,
		seesRedirects: !browser,
		connectionsPerHost: browser ? 6 : Number.POSITIVE_INFINITY,
		hasNodeModules: name === "node" || name === "deno" || name === "bun",
		webSocketHeaders: name === "node" || name === "bun",
	};
}

function identify(): Pick<TestRuntime, "name" | "version"> {
	const { Deno, Bun, process, navigator } = globalThis as {
		readonly Deno?: { readonly version: { readonly deno: string } };
		readonly Bun?: { readonly version: string };
		readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>> };
		readonly navigator?: { readonly userAgent?: string };
	};
	if (Deno !== undefined) return { name: "deno", version: Deno.version.deno };
	if (Bun !== undefined) return { name: "bun", version: Bun.version };
	const agent = navigator?.userAgent ?? "";
	if (agent === "Cloudflare-Workers") return { name: "workerd", version: undefined };
	const chromium = /Chrome\/([\d.]+)/.exec(agent)?.[1];
	if (chromium !== undefined) return { name: "chromium", version: chromium };
	const node = process?.versions?.node;
	return node === undefined ? { name: "unknown", version: undefined } : { name: "node", version: node };
}
