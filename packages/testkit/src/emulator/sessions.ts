import type { Job } from "./job.ts";
import type { JobQueue } from "./job-queue.ts";
import type { MessageStream } from "./message-stream.ts";
import type { QueueMessage, QueueMessages } from "./queue-messages.ts";
import type { VersionProfile } from "./version-profile.ts";

/** How many sessions are kept that nobody reads and that have no job. Gradio keeps 2000. */
const keptSessions = 500;

/** The messages of one session hash, from sse_v1 on. */
class Session {
	/** Those that nobody has read yet; undefined where Gradio has forgotten the session. */
	messages: QueueMessage[] | undefined;
	/** Jobs whose end nobody has read; those of a dropped stream stay in it, so that a stream of the same session never ends. */
	readonly unread = new Set<string>();
	readonly jobs = new Set<Job>();
	readonly streams: MessageStream[] = [];
	#read = 0;

	/** Gives what has come to the streams of the session, in turns where there are several. */
	pump(messages: QueueMessages): void {
		const waiting = this.messages;
		if (waiting === undefined) return;
		while (this.#read < waiting.length) {
			const index = this.streams.findIndex((stream) => stream.isFree);
			const stream = this.streams[index];
			const message = waiting[this.#read];
			if (stream === undefined || message === undefined) break;
			this.#read++;
			this.streams.push(...this.streams.splice(index, 1));
			stream.send(message);
			if (message.msg !== "process_completed" || typeof message.event_id !== "string") continue;
			this.unread.delete(message.event_id);
			if (this.unread.size > 0) continue;
			this.streams.splice(this.streams.indexOf(stream), 1);
			stream.finish(messages.closeStream());
		}
		if (this.#read === waiting.length) {
			waiting.length = 0;
			this.#read = 0;
		}
	}

	forget(): void {
		this.messages = undefined;
		this.#read = 0;
	}
}

/** The sessions of a Space, from sse_v1 on. */
export class Sessions {
	readonly #profile: VersionProfile;
	readonly #messages: QueueMessages;
	readonly #queue: JobQueue;
	readonly #sessions = new Map<string, Session>();

	constructor(profile: VersionProfile, messages: QueueMessages, queue: JobQueue) {
		this.#profile = profile;
		this.#messages = messages;
		this.#queue = queue;
	}

	/** Puts a job into the queue; its messages wait for a stream of its session. */
	join(job: Job): void {
		const session = this.#sessions.get(job.session) ?? new Session();
		this.#sessions.delete(job.session);
		this.#sessions.set(job.session, session);
		session.messages ??= [];
		session.unread.add(job.id);
		session.jobs.add(job);
		this.#queue.push(job);
		this.#dropOldest();
	}

	/** Takes a message of a job. */
	deliver(job: Job, message: QueueMessage): void {
		const session = this.#sessions.get(job.session);
		if (session === undefined) return;
		if (message.msg === "process_completed") session.jobs.delete(job);
		session.messages?.push(message);
		session.pump(this.#messages);
	}

	/** Whether a GET of this session is answered with its messages. */
	has(hash: string): boolean {
		return this.#sessions.get(hash)?.messages !== undefined;
	}

	open(hash: string, stream: MessageStream): void {
		const session = this.#sessions.get(hash);
		session?.streams.push(stream);
		session?.pump(this.#messages);
	}

	/** The connection of a stream takes bytes again. */
	resume(hash: string): void {
		this.#sessions.get(hash)?.pump(this.#messages);
	}

	/** The client of a stream is gone before its end. */
	drop(hash: string, stream: MessageStream): void {
		const session = this.#sessions.get(hash);
		const index = session?.streams.indexOf(stream) ?? -1;
		if (session === undefined || index === -1) return;
		session.streams.splice(index, 1);
		if (this.#profile.resumable) return;
		session.forget();
		for (const job of session.jobs) this.#queue.leave(job);
		session.jobs.clear();
	}

	/** `/cancel`. */
	cancel(hash: string, eventId: string): void {
		const session = this.#sessions.get(hash);
		const job = [...(session?.jobs ?? [])].find(({ id }) => id === eventId);
		if (session?.messages !== undefined && session.unread.has(eventId)) {
			session.messages.push(this.#messages.cancelled(eventId));
			session.pump(this.#messages);
		}
		if (job === undefined) return;
		session?.jobs.delete(job);
		this.#queue.cancel(job);
	}

	/** `/reset` of 4.16 to 4.29. @returns whether there was something to reset */
	reset(eventId: string): boolean {
		for (const session of this.#sessions.values()) {
			for (const job of session.jobs) {
				if (job.id !== eventId || job.steps === 0) continue;
				session.jobs.delete(job);
				this.#queue.reset(job);
				return true;
			}
		}
		return false;
	}

	#dropOldest(): void {
		if (this.#sessions.size <= keptSessions) return;
		for (const [hash, session] of this.#sessions) {
			if (session.jobs.size > 0 || session.streams.length > 0) continue;
			this.#sessions.delete(hash);
			return;
		}
	}
}
