import type { GradioServer } from "./server.ts";

/** What this client reads of a Gradio server's `/config`; everything else is there as well. */
export interface PlainConfig {
	readonly version: string;
	readonly protocol?: string;
	readonly api_prefix?: string;
	readonly components: readonly PlainComponent[];
	readonly dependencies: readonly PlainDependency[];
}

/** A component of the app, as `/config` lists it. */
export interface PlainComponent {
	readonly id: number;
	readonly type: string;
	readonly props: Readonly<Record<string, unknown>>;
}

/** An endpoint of the app, as `/config` lists it. */
export interface PlainDependency {
	readonly id?: number;
	readonly api_name: string | false | null;
	readonly inputs: readonly number[];
	readonly outputs: readonly number[];
}

/** A message of the queue, as the server sends it. */
export interface PlainMessage {
	readonly msg: string;
	readonly event_id?: string | null;
	readonly success?: boolean;
	readonly output?: Readonly<Record<string, unknown>>;
	readonly [field: string]: unknown;
}

/** The body of a request to join the queue. */
export interface PlainJoin {
	readonly data: readonly unknown[];
	readonly event_data: null;
	readonly fn_index: number;
	readonly trigger_id: number;
	readonly session_hash: string;
}

/**
 * Talks to a server of the protocols sse_v1 to sse_v3 with as little understanding as possible: what it returns is what came. It knows nothing of Spaceport's
 * own client, so that a test can hold the one against the other.
 */
export class PlainClient {
	readonly #baseUrl: string;
	readonly config: PlainConfig;

	private constructor(baseUrl: string, config: PlainConfig) {
		this.#baseUrl = baseUrl;
		this.config = config;
	}

	static async connect(server: Pick<GradioServer, "baseUrl">): Promise<PlainClient> {
		const response = await fetch(`${server.baseUrl}/config`);
		return new PlainClient(server.baseUrl, (await succeeded(response)) as PlainConfig);
	}

	/** The URL of a path below the server's prefix, such as `/queue/join`. */
	url(path: string): string {
		return `${this.#baseUrl}${this.config.api_prefix ?? ""}${path}`;
	}

	/** The number of an endpoint, by its name without the slash. */
	functionIndex(apiName: string): number {
		const index = this.config.dependencies.findIndex(({ api_name }) => api_name === apiName);
		if (index === -1) throw new Error(`The server has no endpoint ${apiName}`);
		return this.config.dependencies[index]?.id ?? index;
	}

	/** Joins the queue, and gives the id of the event. */
	async join(body: PlainJoin): Promise<string> {
		const answer = (await succeeded(await this.post("/queue/join", body))) as { event_id: string };
		return answer.event_id;
	}

	post(path: string, body: unknown): Promise<Response> {
		return fetch(this.url(path), {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(body),
		});
	}

	/**
	 * The messages of a session until the server ends the stream; leaving the loop drops the stream.
	 *
	 * @param onBytes gets the stream's bytes as they come
	 */
	async *messages(sessionHash: string, onBytes?: (bytes: Uint8Array) => void): AsyncGenerator<PlainMessage, void, void> {
		const dropped = new AbortController();
		try {
			const response = await fetch(this.url(`/queue/data?session_hash=${sessionHash}`), { signal: dropped.signal });
			for await (const { data } of serverSentEvents(response, onBytes)) yield JSON.parse(data) as PlainMessage;
		} finally {
			dropped.abort();
		}
	}

	/** The full values that `/call/<name>` streams for a call: another way to the same answer, without diffs. */
	async call(apiName: string, data: readonly unknown[]): Promise<{ values: unknown[][]; final: unknown[] | undefined; failed: boolean }> {
		const { event_id } = (await succeeded(await this.post(`/call/${apiName}`, { data }))) as { event_id: string };
		const values: unknown[][] = [];
		let final: unknown[] | undefined;
		let failed = false;
		for await (const event of serverSentEvents(await fetch(this.url(`/call/${apiName}/${event_id}`)))) {
			if (event.name === "generating") values.push(JSON.parse(event.data) as unknown[]);
			if (event.name === "complete") final = JSON.parse(event.data) as unknown[];
			if (event.name === "error") failed = true;
		}
		return { values, final, failed };
	}
}

async function succeeded(response: Response): Promise<unknown> {
	const text = await response.text();
	if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text.slice(0, 500)}`);
	return JSON.parse(text);
}

/** Reads events that are one `data:` line each, as Gradio writes them. Lines end at \n alone: U+2028 and U+0085 stand in the JSON as they are. */
async function* serverSentEvents(
	response: Response,
	onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<{ name: string; data: string }, void, void> {
	if (!response.ok || response.body === null) throw new Error(`${response.url} answered ${response.status}`);
	const decoder = new TextDecoder();
	let rest = "";
	let name = "message";
	for await (const bytes of response.body) {
		onBytes?.(bytes);
		const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) {
			if (line.startsWith("event: ")) name = line.slice("event: ".length).trimEnd();
			if (line.startsWith("data: ")) yield { name, data: line.slice("data: ".length) };
			if (line.trim() === "") name = "message";
		}
	}
}
