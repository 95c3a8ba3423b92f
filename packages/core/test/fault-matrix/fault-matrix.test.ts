import { currentRuntime } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { everyErrorCode } from "../every-error-code.ts";
import { type Cells, expected } from "./expected.ts";
import { type Fault, type FaultName, faults } from "./faults.ts";
import { inWords } from "./in-words.ts";
import { page } from "./page.ts";
import { type Moment, moments, type Policy, type Position, play, policies, positions } from "./play.ts";

type Row = Record<Policy, Record<Moment, string>>;

const results = new Map<FaultName, Record<Position, Row>>();
const momentNames = Object.keys(moments) as Moment[];
const policyNames = Object.keys(policies) as Policy[];
const positionNames = Object.keys(positions) as Position[];

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

/** Whether the fault has a meaning then. */
const strikes = (fault: Fault, moment: Moment): boolean => moment === "before" || fault.beforeAlone !== true;

function expectedRow(name: FaultName, position: Position): Row {
	const { code }: Fault = faults[name];
	const group = expected.find((one) => one.faults.includes(name));
	const cell = (cells: Cells | undefined): string =>
		((typeof cells === "string" ? cells : cells?.[position]) ?? "?").replaceAll("{code}", code);
	const rows = policyNames.map((policy) => {
		const text = (moment: Moment): string =>
			strikes(faults[name], moment) ? cell(moment === "before" ? group?.before : group?.after[policy]) : "–";
		return [policy, Object.fromEntries(momentNames.map((moment) => [moment, text(moment)]))];
	});
	return Object.fromEntries(rows);
}

async function playRow(fault: Fault, position: Position): Promise<Row> {
	const row = {} as Row;
	for (const policy of policyNames) {
		row[policy] = {} as Record<Moment, string>;
		for (const moment of momentNames) {
			if (!strikes(fault, moment)) row[policy][moment] = "–";
			else {
				const { onInterruption, reads } = policies[policy];
				const told: string[] = [];
				for (const how of reads) told.push(inWords(await play(fault, moment, position, onInterruption, how), moment));
				row[policy][moment] = [...new Set(told)].join("; as text: ");
			}
		}
	}
	return row;
}

/** Plays a row once. */
async function result(name: FaultName, position: Position): Promise<Row> {
	const row = results.get(name)?.[position] ?? (await playRow(faults[name], position));
	results.set(name, { ...(results.get(name) as Record<Position, Row>), [position]: row });
	return row;
}

describe.each(Object.keys(faults) as FaultName[])("%s", (name) => {
	test.each(positionNames)("strikes %s", async (position) => {
		expect(await result(name, position)).toEqual(expectedRow(name, position));
	});
});

describe("the table", () => {
	test("has every fault once", () => {
		expect(expected.flatMap((group) => group.faults).toSorted()).toEqual(Object.keys(faults).toSorted());
	});

	test("has every code of an error", () => {
		const struck = new Set(Object.values<Fault>(faults).map(({ code }) => code));
		expect([...struck].toSorted()).toEqual(Object.keys(everyErrorCode).toSorted());
	});

	test("is the page in the docs, which npm run fault-matrix writes", async ({ skip }) => {
		if (!currentRuntime().hasNodeModules) return skip("there are no files here");
		for (const name of Object.keys(faults) as FaultName[]) for (const position of positionNames) await result(name, position);
		await expect(page(results)).toMatchFileSnapshot("../../../../docs/fault-matrix.md");
	});
});
