/**
 * What goes over the tunnel. Test files start HTTP servers; workerd and browsers have none. So the servers are here, in Node, with real sockets on the loopback
 * address, and the handlers stay in the test file: each request comes to them as messages, and so does what they answer. The client under test, in that
 * runtime, speaks to a real server with its own `fetch` and `WebSocket`.
 *
 * Bytes are base64. `server`, `socket` and `request` are numbers; a request's number is its answer's too.
 */

/** What a test file asks for. */
export type ToHost =
	| { readonly do: "listen"; readonly server: number; readonly kind: "http" | "tcp" }
	/** The number is the test file's own, below 0. */
	| { readonly do: "connect"; readonly socket: number; readonly port: number }
	| { readonly do: "close-server" | "close-connections"; readonly server: number }
	| { readonly do: "count-connections"; readonly server: number; readonly reply: number }
	| { readonly do: "head"; readonly request: number; readonly status: number; readonly headers: Readonly<Record<string, HeaderValue>> }
	| { readonly do: "write"; readonly request: number; readonly bytes: string; readonly reply: number }
	| { readonly do: "end" | "destroy" | "flush-head"; readonly request: number }
	| { readonly do: "socket-write" | "socket-end"; readonly socket: number; readonly bytes: string; readonly reply: number }
	| { readonly do: "socket-destroy" | "socket-reset"; readonly socket: number }
	| { readonly do: "web-socket-accept" | "web-socket-terminate"; readonly socket: number }
	| { readonly do: "web-socket-send"; readonly socket: number; readonly text: string }
	| { readonly do: "web-socket-close"; readonly socket: number; readonly code: number }
	| { readonly do: "read-file" | "read-folder"; readonly path: string; readonly reply: number }
	| { readonly do: "over"; readonly outcome: FileOutcome };

/** What it is told. */
export type ToRuntime =
	| { readonly on: "listening"; readonly server: number; readonly port: number }
	| { readonly on: "server-closed"; readonly server: number }
	| { readonly on: "connection"; readonly server: number; readonly socket: number }
	| { readonly on: "socket-closed" | "socket-ended"; readonly socket: number }
	| { readonly on: "socket-data"; readonly socket: number; readonly bytes: string }
	| SeenByServer<"request">
	| SeenByServer<"upgrade">
	| { readonly on: "body"; readonly request: number; readonly bytes: string }
	| { readonly on: "body-end" | "body-broken" | "finish" | "answer-closed"; readonly request: number }
	| { readonly on: "web-socket-open"; readonly socket: number }
	| { readonly on: "web-socket-message"; readonly socket: number; readonly text: string }
	| { readonly on: "web-socket-closed"; readonly socket: number; readonly code: number }
	| { readonly on: "reply"; readonly reply: number; readonly value?: unknown; readonly error?: string };

interface SeenByServer<Kind extends string> {
	readonly on: Kind;
	readonly server: number;
	readonly socket: number;
	readonly request: number;
	readonly method: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, HeaderValue>>;
}

/** As Node has them. */
export type HeaderValue = string | string[] | number | undefined;

/** What became of one test. */
export interface TestOutcome {
	readonly name: string;
	readonly state: "passed" | "failed" | "skipped";
	/** Why it was skipped, where the test says it. */
	readonly reason?: string | undefined;
	/** What it failed with. */
	readonly errors?: readonly string[] | undefined;
}

/** What became of a test file. */
export interface FileOutcome {
	/** Its path in the workspace. */
	readonly file: string;
	readonly tests: readonly TestOutcome[];
	/** What failed outside of its tests: loading it, or a promise that nobody handled. */
	readonly errors: readonly string[];
	/** What the runtime calls itself, asked from inside. */
	readonly runtime: { readonly name: string; readonly version: string | undefined };
}
