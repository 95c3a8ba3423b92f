import { spawn } from "node:child_process";

/** What a program that ran to its end left behind. */
export interface CommandResult {
	/** The exit code; null where a signal ended it or it could not be started. */
	readonly code: number | null;
	readonly stdout: string;
	/** Its stderr; the reason where it could not be started. */
	readonly stderr: string;
}

/** Runs a program to its end, without a shell. Never rejects: a program that is not there has `code: null`. */
export function runCommand(command: string, args: readonly string[]): Promise<CommandResult> {
	return new Promise((resolve) => {
		let stdout = "";
		let stderr = "";
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
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
