import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startByteServer } from "./byte-server.ts";
import { expected } from "./expected.ts";
import { type ByteFault, type ByteFaultName, faults } from "./faults.ts";
import { page } from "./page.ts";
import { inWords, type Position, play, positions, type Stage } from "./play.ts";
import { bodies, pageStatuses, statuses } from "./statuses.ts";

type Row = Readonly<Record<Position, string>>;

const positionNames = Object.keys(positions) as Position[];
const names = Object.keys(faults) as ByteFaultName[];
const statusNumbers = Object.keys(statuses).map(Number);
const results = new Map<ByteFaultName, Promise<Row>>();
const statusResults = new Map<number, Promise<Readonly<Record<string, string>>>>();
let stage: Stage;

beforeAll(async () => {
	const closed = createServer().listen(0, "127.0.0.1");
	await once(closed, "listening");
	const address = closed.address();
	closed.close();
	const nobody = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
	stage = { server: await startByteServer(), elsewhere: await startByteServer(), nobody };
});

afterAll(async () => {
	await stage.server[Symbol.asyncDispose]();
	await stage.elsewhere[Symbol.asyncDispose]();
});

const isSilent = (name: ByteFaultName): boolean => "silent" in faults[name];

/** Plays a fault at all of its positions, once. */
function result(name: ByteFaultName): Promise<Row> {
	const fault: ByteFault = faults[name];
	const row = results.get(name) ?? all(positionNames, async (position) => inWords(await play(fault, position, stage), position));
	results.set(name, row);
	return row;
}

/** Plays a status with each body that may come with it, once. */
function statusResult(status: number): Promise<Readonly<Record<string, string>>> {
	const row =
		statusResults.get(status) ??
		all(Object.keys(bodies), async (body) => {
			const { error } = await play({ script: bodies[body]?.(status) ?? [] }, "alone", stage);
			return error?.code ?? "answers";
		});
	statusResults.set(status, row);
	return row;
}

async function all<Key extends string>(keys: readonly Key[], one: (key: Key) => Promise<string>): Promise<Readonly<Record<Key, string>>> {
	const cells = await Promise.all(keys.map(async (key) => [key, await one(key)] as const));
	return Object.fromEntries(cells) as Record<Key, string>;
}

async function expectRow(name: ByteFaultName): Promise<void> {
	const { alone, first, middle, last } = expected.find((one) => one.faults.includes(name)) ?? {};
	expect(await result(name)).toEqual({ alone, first, middle, last });
}

describe.concurrent("an endpoint that gives", () => {
	test.each(names.filter((name) => !isSilent(name)))("%s", expectRow);
});

// Their deadlines are short: what keeps this process at work is played before or after them.
describe("an endpoint that gives nothing more:", () => {
	const silent = names.filter(isSilent);
	beforeAll(async () => {
		await Promise.all(silent.map(result));
	});
	test.each(silent)("%s", expectRow);
});

describe.concurrent("an endpoint whose status is", () => {
	test.each(statusNumbers)("%d", async (status) => {
		const codes = Object.keys(bodies).map((body) => [body, (body === "a web page" ? pageStatuses : statuses)[status]]);
		expect(await statusResult(status)).toEqual(Object.fromEntries(codes));
	});
});

test("no connection is left open, but those that are kept for more", { timeout: 10_000 }, async () => {
	for (const name of names) await result(name);
	for (const status of statusNumbers) await statusResult(status);
	while (stage.server.open() + stage.elsewhere.open() > positionNames.length) await wait(50);
	// Those that never end would have sent a thousand megabytes.
	expect(stage.server.most()).toBeLessThan(150_000_000);
});

describe("the table", () => {
	test("has every fault once", () => {
		expect(expected.flatMap((group) => group.faults).toSorted()).toEqual(names.toSorted());
	});

	test("is the page in the docs, which npm run fault-matrix writes", async () => {
		const rows = new Map<ByteFaultName, Row>();
		for (const name of names) rows.set(name, await result(name));
		const statusRows = new Map<number, Readonly<Record<string, string>>>();
		for (const status of statusNumbers) statusRows.set(status, await statusResult(status));
		await expect(page(rows, statusRows)).toMatchFileSnapshot("../../../../docs/byte-faults.md");
	});
});
