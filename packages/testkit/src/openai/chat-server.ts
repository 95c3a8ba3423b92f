/** A real server on this machine that speaks chat completions as OpenAI does. */
export interface ChatServer extends AsyncDisposable {
	/** Such as `http://127.0.0.1:40123/v1`. */
	readonly baseUrl: string;
	/** The key that it wants. */
	readonly apiKey: string;
	/** What it printed so far, on stdout and stderr. */
	output(): string;
	/** Ends the server and waits for its end. A second call does nothing more. */
	stop(): Promise<void>;
}
