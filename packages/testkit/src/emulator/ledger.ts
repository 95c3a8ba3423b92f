import { turnOfLoop } from "./real-time.ts";

/** A request as the emulator saw it. */
export interface SeenRequest {
	readonly method: string;
	/** Without the query. */
	readonly path: string;
	readonly query: URLSearchParams;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	/** The text of the body; empty until it is read. */
	readonly body: string;
}

/** What became of a job. `aborted`: its client left or cancelled it before its end. */
export type JobState = "queued" | "running" | "completed" | "failed" | "aborted";

/** A job as the emulator saw it. */
export interface SeenJob {
	readonly id: string;
	/** The endpoint's name without the slash. */
	readonly name: string;
	readonly session: string;
	readonly state: JobState;
	/** How many values its function has yielded. */
	readonly steps: number;
}

/** What an emulator has open, and what it has seen since it started. */
export interface EmulatorStats {
	/** Requests by method and path, such as `POST /gradio_api/queue/join`; ids in paths stand as `:id`. */
	readonly requests: Readonly<Record<string, number>>;
	/** Requests and handshakes that are not over: not answered, or their answer is still being sent. */
	readonly openRequests: number;
	/** TCP connections that are open, those that wait for another request included. */
	readonly openConnections: number;
	/** Event streams that are open. */
	readonly openStreams: number;
	/** WebSockets that are open. */
	readonly openSockets: number;
	readonly queuedJobs: number;
	readonly runningJobs: number;
	readonly completedJobs: number;
	readonly failedJobs: number;
	readonly abortedJobs: number;
	/** The different values of `Authorization` that came, `""` for a request without. */
	readonly seenTokens: readonly string[];
}

/** How many requests and jobs are remembered. */
const remembered = 1000;

/** Counts what an emulator does, remembers the last of it, and tells who waits for it. */
export class Ledger {
	readonly counts = {
		openRequests: 0,
		openConnections: 0,
		openStreams: 0,
		openSockets: 0,
		queuedJobs: 0,
		runningJobs: 0,
		completedJobs: 0,
		failedJobs: 0,
		abortedJobs: 0,
	};
	readonly #byPath = new Map<string, number>();
	readonly #tokens = new Set<string>();
	readonly #requests: SeenRequest[] = [];
	readonly #jobs: SeenJob[] = [];
	readonly #waiting = new Set<() => void>();
	#telling = false;

	get requests(): readonly SeenRequest[] {
		return this.#requests;
	}

	get jobs(): readonly SeenJob[] {
		return this.#jobs;
	}

	addRequest(request: SeenRequest, pathPattern: string): void {
		const key = `${request.method} ${pathPattern}`;
		this.#byPath.set(key, (this.#byPath.get(key) ?? 0) + 1);
		if (this.#tokens.size < remembered) this.#tokens.add(String(request.headers.authorization ?? ""));
		keepLast(this.#requests, request);
		this.changed();
	}

	addJob(job: SeenJob): void {
		keepLast(this.#jobs, job);
	}

	count(what: keyof Ledger["counts"], by: 1 | -1): void {
		this.counts[what] += by;
		this.changed();
	}

	stats(): EmulatorStats {
		return { requests: Object.fromEntries(this.#byPath), ...this.counts, seenTokens: [...this.#tokens] };
	}

	/** Calls `look` after every change until the returned function is called. */
	watch(look: () => void): () => void {
		this.#waiting.add(look);
		return () => this.#waiting.delete(look);
	}

	changed(): void {
		if (this.#telling || this.#waiting.size === 0) return;
		this.#telling = true;
		turnOfLoop(() => {
			this.#telling = false;
			for (const look of [...this.#waiting]) look();
		});
	}
}

function keepLast<T>(list: T[], item: T): void {
	list.push(item);
	// In blocks, so that a long run does not move the whole list for every request.
	if (list.length >= 2 * remembered) list.splice(0, list.length - remembered);
}
