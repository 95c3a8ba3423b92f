import { PassThrough } from "node:stream";
import { isSpaceportError } from "@spaceport/core";
import { beforeEach, describe, expect, it } from "vitest";
import { readQuestion } from "../src/ask/question.ts";
import { createChainFolder, runCli } from "./support/cli.ts";

const echo = { first: "yield JSON.stringify(request.messages);" };
const asked = (content: string): string => `${JSON.stringify([{ role: "user", content }])}\n`;

describe("the question", () => {
	let folder: string;
	beforeEach(async () => {
		folder = await createChainFolder(echo);
	});

	it("is the words, joined by blanks", async () => {
		expect((await runCli(["ask", "What", "is  it", "--", "-x"], { folder })).stdout).toBe(asked("What is  it -x"));
	});

	it("is what is piped in, without the line end", async () => {
		expect((await runCli(["ask"], { folder, stdin: "Grüße, 世界 👋\nsecond\r\n" })).stdout).toBe(asked("Grüße, 世界 👋\nsecond"));
	});

	it("is words and piped text where a word is -", async () => {
		expect((await runCli(["ask", "Explain:", "-"], { folder, stdin: "a\nb\n" })).stdout).toBe(asked("Explain:\n\na\nb"));
	});

	it("does not wait for a stdin that is open and silent where there are words", async () => {
		expect((await runCli(["ask", "Hi"], { folder, stdin: null })).stdout).toBe(asked("Hi"));
	});

	it.each([{ args: ["ask"] }, { args: ["ask", " "] }, { args: ["ask", "-"] }])("that is empty is wrong use: $args", async ({ args }) => {
		const { code, stdout, stderr } = await runCli(args, { folder, stdin: "\n \n" });
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(/^error: There is no question\.\n {2}Say it after the command/);
	});
});

describe("the prompt", () => {
	/** A terminal's two ends: what is typed, and what is shown. */
	function createTerminal() {
		const controller = new AbortController();
		const stdin = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.ReadStream & PassThrough;
		const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 }) as unknown as NodeJS.WriteStream & PassThrough;
		let shown = "";
		stderr.setEncoding("utf8").on("data", (text: string) => {
			shown += text;
		});
		return {
			stdin,
			question: readQuestion([], { stdin, stderr }, { signal: controller.signal, raise: () => controller.abort(new Error("stopped")) }),
			shown: () => shown,
		};
	}

	it("asks on stderr and takes a line", async () => {
		const { stdin, question, shown } = createTerminal();
		stdin.write("What is it?\r");
		expect(await question).toBe("What is it?");
		expect(shown()).toContain("Your question: ");
	});

	it("ends politely at Ctrl-D", async () => {
		const { stdin, question } = createTerminal();
		stdin.write("\u0004");
		await expect(question).rejects.toSatisfy((error: unknown) => isSpaceportError(error, "invalid-request"));
	});

	it("stops at Ctrl-C", async () => {
		const { stdin, question } = createTerminal();
		stdin.write("\u0003");
		await expect(question).rejects.toThrow("stopped");
	});
});
