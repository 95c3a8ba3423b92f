import { spawn } from "node:child_process";

/** What a program that ran to its end left behind. */
export interface CommandResult {
	/** The exit code; null where a signal ended it or it could not be started. */
	readonly code: number | null;
	readonly stdout: string;
	/** Its stderr; the reason where it could not be started. */
	readonly stderr: string;
}

/**
 * Runs a program to its end, without a shell. Never rejects: a program that is not there has `code: null`.
 *
 * @param options - `input` is what it reads on its standard input, which is empty by default
 */
export function runCommand(command: string, args: readonly string[], { input }: { readonly input?: string } = {}): Promise<CommandResult> {
	return new Promise((resolve) => {
		let stdout = "";
		let stderr = "";
		const child = spawn(command, args, { stdio: "pipe" });
		// A program may end without having read it all.
		child.stdin.on("error", () => undefined).end(input);
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
		});
		child.on("error", (error) => resolve({ code: null, stdout, stderr: error.message }));
		child.on("close", (code) => resolve({ code, stdout, stderr }));
	});
}
