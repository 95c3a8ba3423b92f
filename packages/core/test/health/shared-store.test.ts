import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const guide = fileURLToPath(new URL("../../../../docs/guides/health.md", import.meta.url));
const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** The store of the guide, as its readers have it. */
function storeOfGuide(): string {
	const [code] = /(?<=```ts\n)import \{ DatabaseSync[\s\S]*?(?=\nconst spaceport)/.exec(readFileSync(guide, "utf8")) ?? [];
	if (code === undefined) throw new Error("The guide has no such store.");
	return code.replace(/"@spaceport\/core"/, JSON.stringify(pathToFileURL(source("index.ts")).href)).replace("createSpaceport, ", "");
}

/** One process: it waits for its turn, and says whether it was let through. */
const program = `
import { createHealth, isResting } from ${JSON.stringify(pathToFileURL(source("chain/health/health.ts")).href)};
import { silentLogger } from ${JSON.stringify(pathToFileURL(source("logger.ts")).href)};
const [path, role, time] = process.argv.slice(2);
let clock = Number(time);
const health = createHealth({ store: createSqliteStore(path), now: () => clock, report: () => {}, logger: silentLogger });
const candidate = { name: "a", model: "m", provider: { name: "a", models: [], async *createAsyncGenerator() {} } };
if (role === "fail") {
	const ticket = await health.claim(candidate, { force: false });
	ticket.failed(Object.assign(new Error("down"), { code: "network" }));
	console.log((await health.look(candidate)).state);
} else {
	console.log(isResting(await health.claim(candidate, { force: false })) ? "early" : "through");
	process.stdin.once("data", async () => {
		clock += 3000;
		const claims = await Promise.all(Array.from({ length: 20 }, () => health.claim(candidate, { force: false })));
		console.log(claims.filter((claim) => !isResting(claim)).length);
		process.exit();
	});
}
`;

test("several processes leave a provider alone that one of them saw fail, and one request of all of theirs finds out", async () => {
	const folder = mkdtempSync(join(tmpdir(), "spaceport-health-"));
	try {
		const file = join(folder, "program.ts");
		writeFileSync(file, `${storeOfGuide()}\n${program}`);
		const database = join(folder, "health.sqlite");
		// However long it takes to start processes: their clocks are the test's, and a little apart.
		const now = Date.now();
		expect(await start(file, database, "fail", String(now)).ended).toEqual(["cooling"]);
		const others = [500, 1000, 1500].map((afterMs) => start(file, database, "try", String(now + afterMs)));
		for (const other of others) expect(await other.firstLine).toBe("early");
		for (const other of others) other.go();
		const through = (await Promise.all(others.map(({ ended }) => ended))).map(([, count]) => Number(count));
		expect(through.toSorted()).toEqual([0, 0, 1]);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});

function start(file: string, ...args: readonly string[]) {
	const child = spawn(process.execPath, ["--conditions=@spaceport/source", "--disable-warning=ExperimentalWarning", file, ...args]);
	let text = "";
	let errors = "";
	const { promise: firstLine, resolve } = Promise.withResolvers<string>();
	child.stdout.on("data", (data) => {
		text += data;
		if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
	});
	child.stderr.on("data", (data) => {
		errors += data;
	});
	const ended = new Promise<readonly string[]>((done, reject) => {
		child.on("close", (code) => (code === 0 ? done(text.trim().split("\n")) : reject(new Error(errors))));
	});
	ended.catch(() => {});
	return { firstLine: Promise.race([firstLine, ended.then(([line]) => line)]), ended, go: () => child.stdin.end("go") };
}
