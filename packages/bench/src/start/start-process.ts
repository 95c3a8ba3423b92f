import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { answerTokens, questionFor } from "../answer.ts";
import type { ServerAddresses } from "../server/server-process.ts";

/** The programs whose start is measured. They are plain JavaScript: taking types out would be a large part of their start. */
export type StartName = "floor" | "spaceport" | "gradio-client" | "openai" | "ai-sdk";

/** What a start took. */
export interface StartResult {
	/** From before the process is made until its first text is read here. */
	readonly wallMs: number;
	/** Of the whole process, as it says itself at its end. */
	readonly cpuMs: number;
}

const plan = { tokens: 20, everyMs: 0 };

/**
 * Starts a program that asks a server which answers at once, and waits for its first text.
 *
 * @throws Error where the text is not the server's
 */
export async function measureStart(name: StartName, addresses: ServerAddresses): Promise<StartResult> {
	const script = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
	const report = fileURLToPath(new URL("./report-cpu.mjs", import.meta.url));
	const address = name === "openai" || name === "ai-sdk" ? addresses.openai : addresses.differences;
	const startedAt = performance.now();
	const child = spawn(process.execPath, ["--import", report, script, address, questionFor(plan)], {
		stdio: ["ignore", "pipe", "pipe", "pipe"],
	});
	let wallMs = 0;
	let text = "";
	let complaint = "";
	let cpu = "";
	child.stdout?.on("data", (piece: Buffer) => {
		if (wallMs === 0) wallMs = performance.now() - startedAt;
		text += piece;
	});
	child.stderr?.on("data", (piece: Buffer) => {
		complaint += piece;
	});
	child.stdio[3]?.on("data", (piece: Buffer) => {
		cpu += piece;
	});
	await new Promise((resolve) => child.on("close", resolve));
	const [first = ""] = answerTokens(plan.tokens);
	if (text === "" || !text.startsWith(first)) throw new Error(`${name} printed "${text}" and "${complaint}".`);
	return { wallMs, cpuMs: Number(cpu) };
}
