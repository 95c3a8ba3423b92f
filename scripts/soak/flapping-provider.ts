import {
	type AsyncGeneratorProvider,
	AuthenticationError,
	type Chunk,
	GenerationError,
	type LimitOptions,
	messageText,
	NetworkError,
	QuotaExceededError,
	RateLimitedError,
} from "@spaceport/core";

import { createRandom, pick } from "./random.ts";
import { findStory, piecesOf } from "./stories.ts";

/** How a provider is just now. */
const moods = ["well", "well", "well", "down", "cuts", "cuts", "silent", "limited", "empty", "throws", "refuses", "slow"] as const;
export type Mood = (typeof moods)[number];

/** A provider that is well for a while, and then something else. */
export interface FlappingProvider extends AsyncGeneratorProvider {
	/** From now on it is this and nothing else. */
	stay(mood: Mood): void;
	/** How many calls are under way. */
	readonly open: number;
}

/** How a provider flaps. */
export interface FlappingOptions {
	readonly name: string;
	readonly seed: number;
	/** It is nothing else than this. */
	readonly always?: Mood;
	readonly limits?: Partial<LimitOptions>;
	/** Goes on from where an answer that it is given ends; else it starts over. */
	readonly goesOn?: boolean;
}

/** How long it stays in one mood, in milliseconds: between half of this and one and a half. */
const moodMs = 1500;

/** Makes a provider in this process, with real timers, whose moods change with time: all calls that are made in the same moment meet the same one. */
export function createFlappingProvider(options: FlappingOptions): FlappingProvider {
	const { name, goesOn = false } = options;
	const random = createRandom(options.seed);
	let fixed = options.always;
	let mood: Mood = "well";
	let moodUntil = 0;
	let open = 0;

	function moodNow(): Mood {
		if (fixed !== undefined) return fixed;
		if (performance.now() >= moodUntil) {
			mood = pick(moods, random);
			moodUntil = performance.now() + moodMs * (0.5 + random());
		}
		return mood;
	}

	return {
		name,
		models: [{ id: name, prefill: goesOn }],
		...(options.limits && { limits: options.limits }),
		get open() {
			return open;
		},
		stay(always) {
			fixed = always;
		},
		async *createAsyncGenerator(request, { signal, alive }): AsyncGenerator<Chunk | string, void, void> {
			open += 1;
			try {
				const now = moodNow();
				await pause(2 + random() * 20, signal);
				if (now === "down") throw new NetworkError("connection refused", { phase: "connect" });
				if (now === "limited") throw new RateLimitedError("slow down", { retryAfterMs: 100 + random() * 600 });
				if (now === "refuses") {
					if (random() < 0.1) throw new AuthenticationError("who are you?", { status: 401 });
					throw new QuotaExceededError("no time left", { retryAfterMs: 400 });
				}
				if (now === "throws") throw new TypeError("undefined is not a function");
				if (now === "silent") await pause(Infinity, signal);
				if (now === "empty") return;
				yield { type: "queue-update", position: 0 };
				const { story, found } = findStory(request.messages.map(messageText));
				const text = goesOn ? story.slice(found) : story;
				const end = now === "cuts" ? Math.floor(text.length * random()) : text.length;
				for (const piece of piecesOf(text.slice(0, end), random)) {
					await pause((now === "slow" ? 120 : 15) + random() * 25, signal);
					if (now === "slow") alive();
					yield piece;
				}
				if (now === "cuts") {
					if (random() < 0.3) await pause(Infinity, signal);
					throw random() < 0.5 ? new NetworkError("connection reset", { phase: "stream" }) : new GenerationError("CUDA error");
				}
				yield { type: "usage", inputTokens: 10, outputTokens: text.length, source: "provider" };
				yield { type: "finish", finishReason: "stop" };
			} finally {
				open -= 1;
			}
		},
	};
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		let timer: ReturnType<typeof setTimeout> | undefined;
		const onAbort = (): void => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		signal.addEventListener("abort", onAbort, { once: true });
		if (milliseconds === Infinity) return;
		timer = setTimeout(() => {
			signal.removeEventListener("abort", onAbort);
			resolve();
		}, milliseconds);
	});
}
