import { type ExchangeOptions, exchange, type HttpResponse, startTimer } from "@spaceport/http";

/** What is known of servers that take their time. */
export interface Patience {
	/** Until the headers of who is there, in milliseconds. */
	readonly answerMs: number;
	/**
	 * Whether it is there: whatever it answers.
	 *
	 * @param waitMs - for how long that is worth knowing, in milliseconds
	 * @param signal - nobody wants to know any more
	 */
	readonly isThere: (waitMs: number, signal: AbortSignal) => Promise<boolean>;
}

/**
 * Sends a request, and waits for the headers of its response: for `connectMs` where the server gives no sign of life, and for `answerMs` where it is there. Many send
 * their headers with the first word only, after they have loaded a model or read a long prompt. Whether one is there is asked once, when half of `connectMs` is over.
 *
 * @param url - where it goes
 * @param makeRequest - makes what goes there
 * @param options - as `exchange` takes them
 * @param patience - with those that are there
 */
export async function patientExchange<Phase>(
	url: string,
	makeRequest: () => RequestInit,
	options: ExchangeOptions<Phase>,
	{ answerMs, isThere }: Patience,
): Promise<HttpResponse> {
	const { connectMs, signal, phase, toError } = options;
	if (answerMs <= connectMs) return exchange(url, makeRequest, options);
	const absence = new AbortController();
	const halfMs = connectMs / 2;
	let clear = startTimer(() => {
		clear = startTimer(() => absence.abort(), halfMs);
		void isThere(halfMs, absence.signal).then((there) => {
			if (there) clear();
		});
	}, halfMs);
	try {
		return await exchange(url, makeRequest, {
			...options,
			connectMs: answerMs,
			signal: signal === undefined ? absence.signal : AbortSignal.any([signal, absence.signal]),
			toError: (fact) => toError(fact.kind === "aborted" && signal?.aborted !== true ? { kind: "late", phase, afterMs: connectMs } : fact),
		});
	} finally {
		clear();
		absence.abort();
	}
}
