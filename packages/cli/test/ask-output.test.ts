import { describe, expect, it } from "vitest";
import { answer, createChainFolder, createFolder, runCli, unreachable } from "./support/cli.ts";
import { spaceConfig, startSpace } from "./support/space.ts";

const escapeCharacter = "\u001b";

describe("the answer", () => {
	it("goes to stdout with a line end and nothing else does; stderr stays empty where nothing happened", async () => {
		const folder = await createChainFolder({ first: answer });
		expect(await runCli(["ask", "What", "is", "it?"], { folder })).toMatchObject({
			code: 0,
			stdout: "Paris is the capital.\n",
			stderr: "",
		});
	});

	it("keeps its own line end", async () => {
		const folder = await createChainFolder({ first: 'yield "one\\ntwo\\n";' });
		expect((await runCli(["ask", "x"], { folder })).stdout).toBe("one\ntwo\n");
	});

	it("comes from the next provider where the first one fails, and stderr says what happened and why", async () => {
		const folder = await createChainFolder({ first: 'throw new core.AuthenticationError("The token is not known.");', second: answer });
		const { code, stdout, stderr } = await runCli(["ask", "x"], { folder });
		expect({ code, stdout }).toEqual({ code: 0, stdout: "Paris is the capital.\n" });
		expect(stderr).toBe("first failed: The token is not known.\nFalling back to second.\n");
	});

	it("is retried, with the wait on stderr", async () => {
		const body = `globalThis.calls = (globalThis.calls ?? 0) + 1; if (globalThis.calls === 1) ${unreachable} yield "again";`;
		const folder = await createChainFolder({ first: body }, { retry: { minDelayMs: 1, maxDelayMs: 1 } });
		const { stdout, stderr } = await runCli(["ask", "x"], { folder });
		expect(stdout).toBe("again\n");
		expect(stderr).toBe("first failed: The server cannot be reached.\nfirst: asking again at once\n");
	});

	it("streams from a Space, with the place in the queue on stderr", async () => {
		const space = await startSpace([{ rank: 2, eta: 12 }, { rank: 0 }, "Hello", " world", " \n and more"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		const { code, stdout, stderr } = await runCli(["ask", "--system", "Be brief.", "Hi", "there"], { folder });
		expect({ code, stdout }).toEqual({ code: 0, stdout: "Hello world \n and more\n" });
		expect(stderr).toContain("qwen-2-72b: in the queue, 2 before this one (3 in all), about 12 s\n");
		expect(stderr).toContain("qwen-2-72b: next in the queue\n");
		expect(space.joins[0]?.data).toEqual(["Hi there", [], "Be brief."]);
	});

	it("that breaks off stays on stdout, and the exit code is 1", async () => {
		const space = await startSpace(["Hello", " wor", "CUT"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		const { code, stdout, stderr } = await runCli(["ask", "Hi"], { folder });
		expect({ code, stdout }).toEqual({ code: 1, stdout: "Hello wor\n" });
		expect(stderr).toContain("ended before the answer did");
		expect(stderr).not.toContain("Falling back");
	});
});

describe("failure", () => {
	it("that breaks off is told with the hint about what broke it, in the command's own terms", async () => {
		const folder = await createChainFolder({ first: 'yield "half"; throw new Error("boom");' });
		const { stderr } = await runCli(["ask", "x"], { folder });
		expect(stderr).toContain("error: The answer broke off after 4 characters:");
		expect(stderr).toContain("mistake in the provider");
		expect(stderr).not.toContain("textSoFar");
	});

	it("of all providers is exit code 1, with a line for each of them, and what can be done", async () => {
		const folder = await createChainFolder({ first: unreachable, second: unreachable }, { retry: { retries: 0 } });
		const { code, stdout, stderr } = await runCli(["ask", "x"], { folder });
		expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
		expect(stderr.split("\n")).toEqual([
			"first failed: The server cannot be reached.",
			"Falling back to second.",
			'error: No provider of the chain "default" could answer:',
			expect.stringMatching(/^ {2}- first, asked once: network: The server cannot be reached\. Again (?:in \d s|now)\.$/),
			expect.stringMatching(/^ {2}- second, asked once: network: The server cannot be reached\. Again (?:in \d s|now)\.$/),
			"  Check the network.",
			"",
		]);
	});

	it("of one provider is its own error, told once", async () => {
		const folder = await createChainFolder({ first: unreachable }, { retry: { retries: 0 } });
		const { code, stderr } = await runCli(["ask", "--provider", "first", "x"], { folder });
		expect({ code, stderr }).toEqual({ code: 1, stderr: "error: The server cannot be reached.\n  Check the network.\n" });
	});

	it("brings no control characters of a server's to the terminal", async () => {
		const body = `yield { type: "log", level: "info", text: "${"\\u001b"}[31mred${"\\u0007"}\\nline" }; throw new core.GenerationError("bad ${"\\u001b"}[2J thing");`;
		const folder = await createChainFolder({ first: body }, { retry: { retries: 0 } });
		const { stderr } = await runCli(["ask", "x"], { folder });
		expect(stderr).toContain("first: red line\n");
		expect(stderr).toContain("- first, asked once: generation: bad thing.");
		expect(stderr).not.toContain(escapeCharacter);
	});

	it("shows no secret", async () => {
		const token = "hf_abcdefghijklmnop";
		const body = 'throw new Error(["odd", options.token, "odd"].join(" "));';
		const folder = await createChainFolder({ first: body }, { retry: { retries: 0 } });
		const { stdout, stderr } = await runCli(["ask", "--verbose", "--json", "x"], { folder, env: { HF_TOKEN: token } });
		expect(stderr).toContain("odd [redacted] odd");
		expect(stdout + stderr).not.toContain(token);
	});
});

describe("--json", () => {
	it("prints a chunk a line", async () => {
		const body = 'yield { type: "queue-update", position: 1 }; yield "a"; yield { type: "image", data: new Uint8Array([1, 2, 3]) };';
		const folder = await createChainFolder({ first: body });
		const { code, stdout, stderr } = await runCli(["ask", "--json", "x"], { folder });
		expect(code).toBe(0);
		expect(
			stdout
				.trimEnd()
				.split("\n")
				.map((line) => JSON.parse(line)),
		).toEqual([
			{ type: "queue-update", position: 1 },
			{ type: "text-delta", text: "a" },
			{ type: "image", data: "AQID" },
			{ type: "finish", finishReason: "unknown" },
		]);
		expect(stderr).toBe("first: in the queue, 1 before this one\n");
	});

	it("ends with the error", async () => {
		const folder = await createChainFolder({ first: 'yield "half"; throw new Error("boom");' });
		const { code, stdout } = await runCli(["ask", "--json", "x"], { folder });
		const [text, error, ...rest] = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(code).toBe(1);
		expect(text).toEqual({ type: "text-delta", text: "half" });
		expect(error).toMatchObject({ type: "error", error: { code: "stream-interrupted", textSoFar: "half" } });
		expect(rest).toEqual([]);
	});

	it("gives mistakes in the same way", async () => {
		const { code, stdout } = await runCli(["ask", "--json", "--model", "nobody", "x"]);
		expect(code).toBe(2);
		expect(JSON.parse(stdout)).toMatchObject({ type: "error", error: { code: "no-such-provider", reference: "nobody" } });
	});
});

describe("--explain", () => {
	const body = 'throw new Error("It was asked.");';

	it("says who would be asked, and asks nobody", async () => {
		const folder = await createChainFolder({ first: body, second: body });
		const { code, stdout, stderr } = await runCli(["ask", "--explain"], { folder });
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout.split("\n")).toEqual([
			'"default" would be asked in this order:',
			'  1. first (first-1)    first in the chain "default"',
			"                        first words within 12 s",
			'  2. second (second-1)  second in the chain "default"',
			"                        first words within 2 min",
			expect.stringMatching(/^At most 20 attempts in 10 min; /),
			"",
		]);
	});

	it("as JSON, and by the other options", async () => {
		const folder = await createChainFolder({ first: body, second: body });
		const { stdout } = await runCli(["ask", "--explain", "--json", "--provider", "second", "--timeout", "5s", "Hi"], { folder });
		expect(JSON.parse(stdout)).toMatchObject({
			candidates: [{ provider: "second", reason: 'asked alone: named by "second"', timeouts: { totalMs: 5000 } }],
			leftOut: [],
		});
	});

	it("of a name that is not there is the same mistake as to ask it", async () => {
		const folder = await createChainFolder({ first: body });
		const { code, stdout, stderr } = await runCli(["ask", "--explain", "--chain", "nobody"], { folder });
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain("nobody");
	});
});

describe("--verbose", () => {
	it("logs to stderr and lists the attempts at the end", async () => {
		const folder = await createChainFolder({ first: unreachable, second: answer }, { retry: { retries: 0 } });
		const { stdout, stderr } = await runCli(["ask", "--verbose", "x"], { folder });
		expect(stdout).toBe("Paris is the capital.\n");
		const logged = stderr.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as { type?: string }] : []));
		expect(logged.map(({ type }) => type)).toEqual(expect.arrayContaining(["attempt-start", "attempt-end", "fallback", "first-chunk"]));
		const table = stderr.trimEnd().split("\n").slice(-3);
		expect(table[0]).toMatch(/^# {2}provider {2}model {5}outcome {4}took {3}why$/);
		expect(table[1]).toMatch(/^1 {2}first {5}first-1 {3}fell back {2}\d+\.\d s {2}network: The server cannot be reached\.$/);
		expect(table[2]).toMatch(/^2 {2}second {4}second-1 {2}answered {3}\d+\.\d s$/);
	});

	it("is off by default: a provider's debug and info lines are not shown, its warnings are sentences", async () => {
		const body = 'context.logger.info({ a: 1 }, "told"); context.logger.warn({ a: 1 }, "odd thing"); yield "x";';
		const folder = await createChainFolder({ first: body });
		expect((await runCli(["ask", "x"], { folder })).stderr).toBe("odd thing\n");
	});
});

describe("colour", () => {
	const fail = { first: unreachable };
	const retry = { retry: { retries: 0 } };

	it("is off where stderr is no terminal", async () => {
		const folder = await createChainFolder(fail, retry);
		expect((await runCli(["ask", "x"], { folder })).stderr).not.toContain(escapeCharacter);
	});

	it("is on with FORCE_COLOR, and never on stdout", async () => {
		const folder = await createChainFolder({ ...fail, second: answer }, retry);
		const { stdout, stderr } = await runCli(["ask", "x"], { folder, env: { FORCE_COLOR: "1" } });
		expect(stderr).toContain(`${escapeCharacter}[33mfirst failed: The server cannot be reached.${escapeCharacter}[39m`);
		expect(stdout).toBe("Paris is the capital.\n");
	});
});

describe("help and version", () => {
	it("answer on stdout with exit code 0", async () => {
		expect(await runCli(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/), stderr: "" });
		const help = await runCli(["ask", "--help"]);
		expect(help).toMatchObject({ code: 0, stderr: "" });
		for (const word of ["--model", "--offline", "Exit codes", "HF_TOKEN", "spaceport.config.ts"]) expect(help.stdout).toContain(word);
	});

	it.each([
		{ args: [], says: "Usage: spaceport" },
		{ args: ["aks", "x"], says: "(Did you mean ask?)" },
		{ args: ["ask", "--modle", "x"], says: "unknown option '--modle'" },
		{ args: ["ask", "--timeout", "soon", "x"], says: "argument 'soon' is invalid" },
		{ args: ["ask", "--model"], says: "argument missing" },
	])("tells wrong use, exit code 2: $args", async ({ args, says }) => {
		const { code, stdout, stderr } = await runCli(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(says);
	});
});
