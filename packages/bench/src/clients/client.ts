import type { ServerAddresses } from "../server/server-process.ts";

/** What is measured: something that asks a question and reads the answer. */
export interface BenchClient {
	/**
	 * Asks, and reads to the end.
	 *
	 * @param onPiece - called at once with each piece of text that comes; a client that gives whole texts alone calls it with the empty string
	 * @returns the whole text
	 */
	ask(question: string, onPiece: (piece: string) => void): Promise<string>;
}

/** Which of the servers a client asks. */
export type StreamForm = keyof ServerAddresses;

/** Makes a client for a server. A new one knows nothing of it. */
export type MakeClient = (baseUrl: string, form: StreamForm) => BenchClient | Promise<BenchClient>;
