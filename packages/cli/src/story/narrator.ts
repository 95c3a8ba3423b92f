import type { Chunk, ProgressChunk, QueueUpdateChunk, SpaceportError, SpaceportEvent } from "@spaceport/core";
import { isSpaceportError } from "@spaceport/core";
import type { Recipient } from "@spaceport/free-chat";
import { formatDuration, formatSeconds } from "../duration.ts";
import { oneLine } from "./one-line.ts";
import { outOfReach } from "./out-of-reach.ts";
import { fractionOf, progressText } from "./progress-text.ts";
import { recipientLine } from "./recipient-line.ts";
import type { Terminal } from "./terminal.ts";

/** Tells what happens on the way to an answer, a line for each thing that a user may want to know. */
export interface Narrator {
	onEvent(event: SpaceportEvent): void;
	onChunk(chunk: Chunk): void;
	/** Tells who gets the prompt, right before it goes there. */
	onRecipient(recipient: Recipient): void;
	/** From here on whoever is asked is told by `onRecipient`: that it is the next one is not said besides. */
	expectRecipients(): void;
	/** Tells why there is no whole answer. */
	fail(error: unknown): void;
}

/** Without a terminal a download says so this often: at each such share of the whole. */
const sparseShare = 0.25;
/** The same in bytes, where the whole is not known. */
const sparseBytes = 25e6;

/**
 * Makes a narrator for one request.
 *
 * @param terminal - where it tells
 */
export function createNarrator(terminal: Terminal): Narrator {
	let provider = "";
	/** What was said last about waiting, so that it is not said again. */
	let said = "";
	let expectsRecipients = false;

	function say(text: string, look: Parameters<Terminal["print"]>[1] = "quiet"): void {
		if (text === said) return;
		said = text;
		terminal.print(text, look);
	}

	/** A line that changes on a terminal, and is said once for each `step` elsewhere. */
	function follow(text: string, step: string): void {
		if (terminal.isLive) terminal.show(text, step);
		else if (step !== said) {
			said = step;
			terminal.print(text, "quiet");
		}
	}

	function onQueue({ position, size, etaMs }: QueueUpdateChunk): void {
		const place = position <= 0 ? "next in the queue" : `in the queue, ${position} before this one`;
		const all = position <= 0 || size === undefined || size <= position ? "" : ` (${size} in all)`;
		const eta = etaMs === undefined || etaMs <= 0 ? "" : `, about ${formatSeconds(etaMs)}`;
		follow(`${provider}: ${place}${all}${eta}`, `${provider} queue ${position}`);
	}

	function onProgress(chunk: ProgressChunk): void {
		if (chunk.stage === "started" && chunk.description === undefined) {
			terminal.show(`${provider}: at work`, `${provider} started`);
			return;
		}
		const share = fractionOf(chunk);
		const step = share === undefined ? Math.floor((chunk.index ?? 0) / sparseBytes) : Math.floor(share / sparseShare);
		follow(`${provider}: ${progressText(chunk, terminal.isLive)}`, `${provider} ${chunk.stage} ${step}`);
	}

	return {
		onEvent(event) {
			switch (event.type) {
				case "attempt-start":
					provider = event.provider;
					terminal.show(`${provider}: asking`, `${provider} asking`);
					break;
				case "queued":
					if (event.where === "limiter") follow(`${event.provider}: waiting for its turn here`, `${event.provider} limiter`);
					break;
				case "first-chunk":
					terminal.hold();
					break;
				case "attempt-end": {
					// What ended the request is told by its error.
					if (event.error === undefined || event.error.code === "aborted" || event.decision === "fail") break;
					say(
						`${event.provider} ${(expectsRecipients && outOfReach(event.error)) || `failed: ${oneLine(event.error.message)}`}`,
						"warning",
					);
					break;
				}
				case "retry":
					say(`${event.provider}: asking again ${event.delayMs < 50 ? "at once" : `in ${formatDuration(event.delayMs)}`}`);
					break;
				case "fallback":
					if (!expectsRecipients) say(`Falling back to ${event.to}.`);
					break;
				case "warning":
					// Most name the provider themselves.
					say(event.text.includes(`"${event.provider}"`) ? oneLine(event.text) : `${event.provider}: ${oneLine(event.text)}`, "warning");
					break;
				case "left-out":
					say(`${event.provider} is passed over: it ${oneLine(event.reason)}`);
					break;
				case "waiting":
					say(`${event.provider}: waiting ${formatDuration(event.delayMs)} until it may be asked`);
					break;
			}
		},
		onChunk(chunk) {
			switch (chunk.type) {
				case "queue-update":
					onQueue(chunk);
					break;
				case "progress":
					onProgress(chunk);
					break;
				case "log":
					say(`${provider}: ${oneLine(chunk.text)}`, chunk.level === "warning" || chunk.level === "error" ? "warning" : "quiet");
					break;
				case "seam":
					say(`${chunk.from} broke off, ${chunk.to} goes on: ${oneLine(chunk.reason)}`, "warning");
					break;
			}
		},
		onRecipient(recipient) {
			say(recipientLine(recipient), recipient.leavesMachine === false ? "quiet" : "plain");
		},
		expectRecipients() {
			expectsRecipients = true;
		},
		fail(error) {
			terminal.release();
			if (!isSpaceportError(error)) {
				terminal.print(`error: ${oneLine(error instanceof Error ? error.message : String(error))}`, "failure");
				return;
			}
			if (isSpaceportError(error, "chain-exhausted")) {
				// It has a line for each provider.
				for (const [index, line] of error.message.split("\n").entries()) {
					terminal.print(`${index === 0 ? "error: " : "  "}${oneLine(line)}`, "failure");
				}
			} else terminal.print(`error: ${oneLine(error.message)}`, "failure");
			printHints(error, terminal);
		},
	};
}

/** What the user can do: about the failure, after a chain about each attempt's, and after a broken answer about what broke it. */
function printHints(error: SpaceportError, terminal: Terminal): void {
	const errors = isSpaceportError(error, "chain-exhausted")
		? [error, ...error.attempts.map((attempt) => attempt.error)]
		: isSpaceportError(error, "stream-interrupted")
			? [isSpaceportError(error.cause) ? error.cause : undefined]
			: [error];
	const hints = new Set(errors.map((one) => (one === undefined ? undefined : hintOf(one))).filter((hint) => hint !== undefined));
	for (const hint of hints) terminal.print(`  ${oneLine(hint)}`);
}

/** An error's hint. A library's user sets the limit of a whole request in the program; here it is an option. */
function hintOf(error: SpaceportError): string | undefined {
	return isSpaceportError(error, "timeout") && error.phase === "total" ? "Give it more time with --timeout." : error.hint;
}
