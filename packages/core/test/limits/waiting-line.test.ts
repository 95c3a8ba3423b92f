import { GenerationError, LimiterFullError, RateLimitedError } from "@spaceport/core";
import { expect, test } from "vitest";
import { completeChainOptions } from "../../src/chain/chain-options.ts";
import { isOwnLimit } from "../../src/chain/limits/is-own-limit.ts";
import { createLimiters } from "../../src/chain/limits/limiter.ts";
import { tooLongError, tooManyError } from "../../src/chain/limits/own-limit-error.ts";
import { createWaitingLine, type Waiting } from "../../src/chain/limits/waiting-line.ts";

const waiting = (id: string, more: Partial<Waiting> = {}): Waiting => ({
	id,
	priority: 0,
	tokens: 10,
	maxWaitMs: Infinity,
	heedMs: Infinity,
	isGone: false,
	fail() {},
	run: async () => {},
	...more,
});

test("whoever left the line is not taken out again, nor is anybody who was never in it", () => {
	const line = createWaitingLine();
	const [a, b] = [waiting("a"), waiting("b")];
	line.add(a);
	line.add(b);
	line.take(a);
	line.remove("a");
	line.remove("nobody");
	expect([line.size, line.peek(), line.ahead(0)]).toEqual([1, b, { count: 1, tokens: 10 }]);
	line.remove("b");
	line.remove("b");
	expect([line.size, line.peek(), line.ahead(0)]).toEqual([0, undefined, { count: 0, tokens: 0 }]);
});

test("only those who may pass over what the provider said are found so, in order, as long as they wait", () => {
	const line = createWaitingLine();
	const all = [waiting("usual"), waiting("second", { heedMs: 0 }), waiting("first", { heedMs: 5, priority: 1 })] as const;
	const found = (): string | undefined => line.peekForced(() => true)?.id;
	line.add(all[0]);
	expect(found()).toBeUndefined();
	line.add(all[1]);
	expect(found()).toBe("second");
	line.add(all[2]);
	expect(found()).toBe("first");
	expect(line.peekForced(({ id }) => id !== "first")?.id).toBe("second");
	line.take(all[2]);
	line.remove("usual");
	expect(found()).toBe("second");
	line.take(all[1]);
	expect(found()).toBeUndefined();
});

test("hundreds that leave in any order leave the others in theirs", () => {
	const line = createWaitingLine();
	const all = Array.from({ length: 300 }, (_, index) => waiting(String(index)));
	for (const one of all) line.add(one);
	for (let index = 0; index < 300; index += 1) if (index % 7 !== 0) line.remove(String((index * 11) % 300));
	const left = all.filter(({ isGone }) => !isGone).map(({ id }) => id);
	expect([...line.all()].map(({ id }) => id)).toEqual(left);
	const taken: string[] = [];
	for (let next = line.peek(); next !== undefined; next = line.peek()) {
		line.take(next);
		taken.push(next.id);
	}
	expect(taken).toEqual(left);
});

const requests = { name: "requestsPerDay", limit: 5, windowMs: 86_400_000 };
test.each([
	[{ waitMs: 999.5, limit: undefined }, 200, "there is room in 1000 ms", "the 200 ms that", "Ask again then, or ask another provider."],
	[{ waitMs: 1000, limit: undefined }, 999, "there is room in 1 s", "the 999 ms that", "Ask again then, or ask another provider."],
	[{ waitMs: 1001, limit: requests }, 0, "there is room in 2 s", "the 0 ms that", "Ask again then, or raise limits.requestsPerDay."],
	[{ waitMs: Infinity, limit: requests }, 0, "there will be no room", "the 0 ms that", "Ask again then, or raise limits.requestsPerDay."],
])("a wait that is too long says how long, and what can be done: %j", (wait, maxWaitMs, room, most, hint) => {
	const error = tooLongError(wait, maxWaitMs);
	expect(error.message).toContain(room);
	expect(error.message).toContain(most);
	expect(error.hint).toBe(hint);
});

test("a line that is full says how long it is and may be", () => {
	const error = tooManyError(7, 5);
	expect(error.message).toMatch(/^7 attempts wait .* limits\.queueSize is 5\.$/);
	expect(error.hint).toMatch(/raise limits\.queueSize/);
});

test("what our own limits refused is known, and not taken for the provider's refusal", () => {
	expect(isOwnLimit(tooManyError(1, 1))).toBe(true);
	expect(isOwnLimit(tooLongError({ waitMs: 1, limit: undefined }, 0))).toBe(true);
	expect(isOwnLimit(new LimiterFullError("full", { queueSize: 1 }))).toBe(true);
	expect(isOwnLimit(new RateLimitedError("429", {}))).toBe(false);
	expect(isOwnLimit(new GenerationError("failed"))).toBe(false);
});

test("whoever was never asked has nothing to forget", () => {
	const limiters = createLimiters();
	const provider = {};
	limiters.reset(provider);
	limiters.of(provider, completeChainOptions().limits);
	limiters.reset(provider);
});
