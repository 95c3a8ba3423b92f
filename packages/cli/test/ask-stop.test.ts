import { describe, expect, it } from "vitest";
import { answer, createChainFolder, createFolder, runCli, startCli } from "./support/cli.ts";
import { spaceConfig, startSpace } from "./support/space.ts";

/** A provider that notes how it ended in a file's place: on stderr, when its `finally` runs. */
const watched = `
	try {
		yield "first words";
		await new Promise((resolve, reject) => {
			// A connection that stays open holds the process, as a real one would.
			const open = setInterval(() => {}, 1000);
			context.signal.addEventListener("abort", () => { clearInterval(open); reject(context.signal.reason); });
		});
	} finally {
		process.stderr.write("provider closed\\n");
	}`;

describe("Ctrl-C", () => {
	it("ends the remote job, keeps the text, and exits with 130 by itself", async () => {
		const space = await startSpace(["Hello", "HANG"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		const cli = await startCli(["ask", "Hi"], { folder });
		await cli.said("stdout", /Hello/);
		cli.child.kill("SIGINT");
		await space.dropped;
		const { code, signal, stdout, stderr } = await cli.result;
		expect({ code, signal, stdout }).toEqual({ code: 130, signal: null, stdout: "Hello\n" });
		expect(stderr).toMatch(/Stopped\.\n$/);
		expect(stderr).not.toContain("error:");
	});

	it("in the queue takes the job out of it", async () => {
		const space = await startSpace([{ rank: 3 }, "HANG"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		const cli = await startCli(["ask", "Hi"], { folder });
		await cli.said("stderr", /3 before this one/);
		cli.child.kill("SIGINT");
		await space.dropped;
		expect(await cli.result).toMatchObject({ code: 130, stdout: "" });
	});

	it("that comes twice for one press, as under npm, counts once", async () => {
		const space = await startSpace(["Hello", "HANG"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		const cli = await startCli(["ask", "Hi"], { folder });
		await cli.said("stdout", /Hello/);
		cli.child.kill("SIGINT");
		cli.child.kill("SIGINT");
		await space.dropped;
		expect(await cli.result).toMatchObject({ code: 130 });
	});

	it("a second time ends a provider that does not listen", async () => {
		const folder = await createChainFolder({
			deaf: `process.on("exit", () => process.stderr.write("exit"));
				yield "words";
				setInterval(() => process.stderr.write("busy "), 100);
				await new Promise(() => {});`,
		});
		const cli = await startCli(["ask", "Hi"], { folder });
		await cli.said("stdout", /words/);
		cli.child.kill("SIGINT");
		// Five times a tenth of a second: longer than one press, and shorter than the grace that it would have.
		await cli.said("stderr", /(busy .*){5}/s);
		cli.child.kill("SIGINT");
		const { code, stderr } = await cli.result;
		expect(code).toBe(130);
		expect(stderr).toMatch(/exit$/);
	});

	it("while the question is awaited stops at once", async () => {
		const folder = await createChainFolder({ first: answer });
		const cli = await startCli(["ask", "--verbose"], { folder, stdin: null });
		cli.child.stdin.write("the beginning");
		await cli.said("stderr", /Reading the question/);
		cli.child.kill("SIGINT");
		expect(await cli.result).toMatchObject({ code: 130, stdout: "" });
	});
});

it("SIGTERM does the same, with 143", async () => {
	const folder = await createChainFolder({ watched });
	const cli = await startCli(["ask", "Hi"], { folder });
	await cli.said("stdout", /first words/);
	cli.child.kill("SIGTERM");
	const { code, stdout, stderr } = await cli.result;
	expect({ code, stdout }).toEqual({ code: 143, stdout: "first words\n" });
	expect(stderr).toContain("provider closed");
});

it("--json ends with the aborted error", async () => {
	const folder = await createChainFolder({ watched });
	const cli = await startCli(["ask", "--json", "Hi"], { folder });
	await cli.said("stdout", /first words/);
	cli.child.kill("SIGINT");
	const { code, stdout } = await cli.result;
	expect(code).toBe(130);
	expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ type: "error", error: { code: "aborted" } });
});

describe("--timeout", () => {
	it("ends an answer that takes too long, exit code 1", async () => {
		const folder = await createChainFolder({ watched });
		const { code, stdout, stderr } = await runCli(["ask", "--timeout", "500ms", "Hi"], { folder });
		expect({ code, stdout }).toEqual({ code: 1, stdout: "first words\n" });
		expect(stderr).toContain("after 500 ms");
		expect(stderr).toContain("provider closed");
	});

	it("holds for the whole request, before the first word as well", async () => {
		const space = await startSpace([{ rank: 1 }, "HANG"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		const { code, stdout, stderr } = await runCli(["ask", "--timeout", "0.7s", "Hi"], { folder });
		expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
		expect(stderr).toContain('error: No provider of the chain "default" could answer');
		expect(stderr).toContain("after 700 ms");
		await space.left;
	});
});

it("a reader that leaves, as head does, ends the command quietly and stops the provider", async () => {
	const folder = await createChainFolder({
		endless:
			'try { for (let i = 0; ; i += 1) { yield "line " + i + "\\n"; await new Promise((r) => setImmediate(r)); } } finally { process.stderr.write("closed"); }',
	});
	const cli = await startCli(["ask", "Hi"], { folder });
	await cli.said("stdout", /line 3/);
	cli.child.stdout.destroy();
	expect(await cli.result).toMatchObject({ code: 0, signal: null, stderr: "closed" });
});

it("the process ends although a provider holds it", async () => {
	const folder = await createChainFolder({ held: 'setInterval(() => {}, 1000); yield "done";' });
	expect(await runCli(["ask", "Hi"], { folder })).toMatchObject({ code: 0, stdout: "done\n" });
});
