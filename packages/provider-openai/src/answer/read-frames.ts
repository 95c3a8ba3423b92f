import { type Batches, EventTooLargeError, parseJson, readEvents, type StreamEvent } from "@spaceport/http";

/** Bytes that are no frames at all: a page, or words. */
export class UnreadableError extends Error {
	override readonly name = "UnreadableError";
	/** Their beginning. */
	readonly body: string;

	constructor(body: string) {
		super("What came is no answer.");
		this.body = body;
	}
}

/** How much of a page is looked at for its words. */
const longestPage = 16_384;

/**
 * Cuts an answer into its frames, in whichever form it comes, whatever its headers say: server-sent events, one JSON value a line, or one JSON value in all.
 *
 * @param pieces - the bytes
 * @param largest - the most characters that one frame may have
 * @param signal - ends the wait for what has to be loaded
 * @throws UnreadableError where it is a page, or nothing of the kind; EventTooLargeError; whatever `pieces` throws
 */
export async function* readFrames(pieces: Batches<Uint8Array>, largest: number, signal: AbortSignal): Batches<StreamEvent> {
	const decoder = new TextDecoder();
	const first: Uint8Array[] = [];
	let start = "";
	while (start === "") {
		const next = await pieces.next();
		if (next.done === true) return;
		for (const piece of next.value) {
			first.push(piece);
			start += decoder.decode(piece, { stream: true });
		}
		start = start.trimStart();
	}
	const all = resume(first, pieces);
	if (start.startsWith("<")) throw new UnreadableError(await readPage(all));
	if (/^[{[]/.test(start)) {
		yield* readJson(all, largest);
		return;
	}
	let isEmpty = true;
	for await (const events of readEvents(all, largest, signal)) {
		isEmpty = false;
		yield events;
	}
	// A stream that was cut before its first event has at least begun as one.
	if (isEmpty && !/^(?:data|event|id|retry)?:/.test(start)) throw new UnreadableError(start.slice(0, longestPage));
}

/** Pieces, with those before them that were looked at already. It costs no turn of the queue. */
function resume(first: Uint8Array[], pieces: Batches<Uint8Array>): AsyncIterable<Uint8Array[]> {
	let before: Uint8Array[] | undefined = first;
	const iterator: AsyncIterator<Uint8Array[], void> = {
		next() {
			if (before === undefined) return pieces.next();
			const value = before;
			before = undefined;
			return Promise.resolve({ done: false, value });
		},
		return: () => pieces.return(),
	};
	return { [Symbol.asyncIterator]: () => iterator };
}

async function readPage(pieces: AsyncIterable<Uint8Array[]>): Promise<string> {
	const decoder = new TextDecoder();
	let page = "";
	for await (const batch of pieces) {
		for (const piece of batch) page += decoder.decode(piece, { stream: true });
		if (page.length >= longestPage) break;
	}
	return page.slice(0, longestPage);
}

/** How often a value over many lines may not be whole yet where it could be. */
const mostVain = 1000;

/** JSON values, each in a line of its own, or one over all lines. What is no JSON is given as it is: it is for the reader to skip. */
async function* readJson(pieces: AsyncIterable<Uint8Array[]>, largest: number): Batches<StreamEvent> {
	const decoder = new TextDecoder();
	let lines: string[] = [];
	let rest = "";
	let size = 0;
	let found: StreamEvent[] = [];
	/** How often what came so far was no value. A server that goes on like that costs no more than its reading. */
	let vain = 0;
	const give = (data: string): void => {
		if (data.trim() !== "") found.push({ name: undefined, data });
	};
	function onLine(line: string): void {
		lines.push(line);
		// Whether a value ends here is looked at where it may, and not at each line of a long one.
		if (!/^[{[\]}]/.test(line) || vain > mostVain) return;
		const whole = lines.join("\n");
		if (parseJson(whole) !== undefined) {
			give(whole);
			lines = [];
		} else if (lines.length > 1 && isFrame(parseJson(line))) {
			give(lines.slice(0, -1).join("\n"));
			give(line);
			lines = [];
		} else vain += 1;
	}
	for await (const batch of pieces) {
		for (const piece of batch) {
			const text = decoder.decode(piece, { stream: true });
			size += text.length;
			if (!text.includes("\n")) {
				rest += text;
				continue;
			}
			const cut = (rest + text).split(/\r?\n/);
			rest = cut.pop() as string;
			for (const line of cut) onLine(line);
			if (lines.length === 0) size = rest.length;
		}
		batch.length = 0;
		if (size > largest) throw new EventTooLargeError(largest, undefined);
		if (found.length > 0) {
			yield found;
			found = [];
		}
	}
	onLine(rest + decoder.decode());
	if (lines.length > 0) give(lines.join("\n"));
	if (found.length > 0) yield found;
}

function isFrame(value: unknown): boolean {
	return typeof value === "object" && value !== null && ("choices" in value || "error" in value);
}
