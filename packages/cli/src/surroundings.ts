/** What the command line needs of the process that it runs in. Node's `process` fits as it is. */
export interface Surroundings {
	readonly argv: readonly string[];
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	exitCode?: number | string | null | undefined;
	cwd(): string;
	on(event: NodeJS.Signals, listener: () => void): unknown;
	/** `beforeExit` comes when nothing is left that could go on. */
	once(event: "beforeExit", listener: () => void): unknown;
	off(event: "beforeExit", listener: () => void): unknown;
	exit(code: number): never;
}
