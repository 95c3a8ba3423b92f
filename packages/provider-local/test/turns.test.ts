import { expect, test } from "vitest";
import { type EndTurn, Turns } from "../src/engine/turns.ts";

const never = new AbortController().signal;

async function takeNow(turns: Turns): Promise<EndTurn> {
	const step = await turns.take(never).next();
	if (step.done !== true) throw new Error("There was a wait.");
	return step.value;
}

test("those who wait get their turn in order of arrival, and see how they move up", async () => {
	const turns = new Turns(1);
	const end = await takeNow(turns);
	const order: string[] = [];
	const wait = async (name: string): Promise<void> => {
		const queue = turns.take(never);
		for (;;) {
			const step = await queue.next();
			order.push(step.done === true ? `${name} runs` : `${name} is ${step.value}`);
			if (step.done !== true) continue;
			step.value();
			return;
		}
	};
	const first = wait("a");
	const second = wait("b");
	await new Promise(setImmediate);
	expect(order).toEqual(["a is 0", "b is 1"]);
	end();
	await Promise.all([first, second]);
	expect(order.filter((line) => line.endsWith("runs"))).toEqual(["a runs", "b runs"]);
});

test("one that is aborted leaves at once, and the one behind it moves up", async () => {
	const turns = new Turns(1);
	const end = await takeNow(turns);
	const controller = new AbortController();
	const leaving = turns.take(controller.signal);
	const staying = turns.take(never);
	expect(await leaving.next()).toMatchObject({ value: 0 });
	expect(await staying.next()).toMatchObject({ value: 1 });
	const left = leaving.next();
	controller.abort("gone");
	await expect(left).rejects.toMatchObject({ code: "aborted", reason: "gone" });
	expect(await staying.next()).toMatchObject({ value: 0 });
	end();
	const turn = await staying.next();
	expect(turn.done).toBe(true);
	(turn.value as EndTurn)();
	await turns.onIdle();
});

test("one that stops reading does not keep its turn", async () => {
	const turns = new Turns(1);
	const end = await takeNow(turns);
	const leaving = turns.take(never);
	await leaving.next();
	end();
	await leaving.return(() => {});
	// Would wait for ever if the turn had been lost.
	await turns.onIdle();
	(await takeNow(turns))();
});
