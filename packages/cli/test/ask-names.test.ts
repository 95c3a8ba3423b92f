import { beforeEach, describe, expect, it } from "vitest";
import { createChainFolder, runCli } from "./support/cli.ts";

const who = (name: string): string => `yield "${name} " + request.model;`;

describe("whom it asks", () => {
	let folder: string;
	beforeEach(async () => {
		folder = await createChainFolder(
			{ first: who("first"), second: who("second") },
			{
				providers: {
					first: { use: "./first.mjs", options: { model: "m" } },
					second: { use: "./second.mjs", options: { model: "n" } },
				},
				chains: { default: ["first", "second"], backwards: ["second", { provider: "first", model: "m" }] },
			},
		);
	});

	it.each([
		{ args: [], answer: "first m" },
		{ args: ["--provider", "second"], answer: "second n" },
		{ args: ["--model", "n"], answer: "second n" },
		{ args: ["--model", "second"], answer: "second n" },
		{ args: ["-p", "second", "-m", "n"], answer: "second n" },
		{ args: ["--chain", "backwards"], answer: "second n" },
	])("$args", async ({ args, answer }) => {
		expect(await runCli(["ask", ...args, "x"], { folder })).toMatchObject({ code: 0, stdout: `${answer}\n` });
	});

	it.each([
		{ args: ["--chain", "default", "--provider", "first"], says: "--chain and --provider cannot be said together" },
		{ args: ["--chain", "default", "--model", "m"], says: "--chain and --model cannot be said together" },
		{ args: ["--chain", "defalt"], says: 'There is no chain "defalt". Did you mean "default"?' },
		{ args: ["--chain", "first"], says: '"first" is no chain, it is a provider' },
		{ args: ["--provider", "default"], says: '"default" is no provider, it is a chain' },
		{ args: ["--provider", "frist"], says: 'There is no provider "frist". Did you mean "first"?' },
		{ args: ["--provider", "first", "--model", "n"], says: '"first" has no model "n"' },
		{ args: ["--model", "secund"], says: 'There is no provider, chain or model "secund". Did you mean "second"?' },
	])("refuses $args, exit code 2", async ({ args, says }) => {
		const { code, stdout, stderr } = await runCli(["ask", ...args, "x"], { folder });
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(says);
	});
});
