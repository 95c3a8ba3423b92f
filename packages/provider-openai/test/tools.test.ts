import { describe, expect, test } from "vitest";

import { type Asked, delta, done, event, finish, json, startEndpoint } from "./support/fake-endpoint.ts";

const call = (fields: object): string => delta({ tool_calls: [fields] });
const made = ({ chunks }: Asked): unknown[] => chunks.filter(({ type }) => type === "tool-call");
const paris = { type: "tool-call", id: "call_1", name: "weather", arguments: '{"city":"Paris"}' };
const rome = { type: "tool-call", id: "call_2", name: "weather", arguments: '{"city":"Rome"}' };

describe("calls of tools are put together", () => {
	test.each<[string, readonly string[], readonly object[]]>([
		[
			"from pieces",
			[
				call({ index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "" } }),
				call({ index: 0, function: { arguments: '{"city"' } }),
				call({ index: 0, function: { arguments: ':"Paris"}' } }),
			],
			[paris],
		],
		[
			"where pieces of several alternate",
			[
				call({ index: 0, id: "call_1", function: { name: "weather", arguments: "" } }),
				call({ index: 1, id: "call_2", function: { name: "weather", arguments: "" } }),
				call({ index: 1, function: { arguments: '{"city":' } }),
				call({ index: 0, function: { arguments: '{"city":"Paris"}' } }),
				call({ index: 1, function: { arguments: '"Rome"}' } }),
			],
			[paris, rome],
		],
		[
			"whole, in one event",
			[
				delta({
					tool_calls: [
						{ id: "call_1", function: { name: "weather", arguments: '{"city":"Paris"}' } },
						{ id: "call_2", function: { name: "weather", arguments: '{"city":"Rome"}' } },
					],
				}),
			],
			[paris, rome],
		],
		[
			"whole, all with the index 0",
			[
				call({ index: 0, id: "call_1", function: { name: "weather", arguments: '{"city":"Paris"}' } }),
				call({ index: 0, id: "call_2", function: { name: "weather", arguments: '{"city":"Rome"}' } }),
			],
			[paris, rome],
		],
		[
			"with an id that comes late",
			[
				call({ index: 0, function: { name: "weather", arguments: '{"city"' } }),
				call({ index: 0, id: "call_1", function: { arguments: ':"Paris"}' } }),
			],
			[paris],
		],
		[
			"with id and name in every piece",
			[
				call({ index: 0, id: "call_1", function: { name: "weather", arguments: '{"city"' } }),
				call({ index: 0, id: "call_1", function: { name: "weather", arguments: ':"Paris"}' } }),
			],
			[paris],
		],
		[
			"with empty ids and names in later pieces",
			[
				call({ index: 0, id: "call_1", function: { name: "weather", arguments: '{"city"' } }),
				call({ index: 0, id: "", function: { name: "", arguments: ':"Paris"}' } }),
				call({ index: 0, id: null, function: { name: null, arguments: null } }),
			],
			[paris],
		],
		[
			"with arguments that are an object",
			[call({ index: 0, id: "call_1", function: { name: "weather", arguments: { city: "Paris" } } })],
			[paris],
		],
		[
			"without arguments",
			[call({ index: 0, id: "call_1", function: { name: "now" } })],
			[{ type: "tool-call", id: "call_1", name: "now", arguments: "{}" }],
		],
		[
			"without ids",
			[
				call({ index: 0, function: { name: "weather", arguments: '{"city":"Paris"}' } }),
				call({ index: 0, function: { name: "now", arguments: "{}" } }),
			],
			[
				{ ...paris, id: expect.stringMatching(/^call_\w{24}$/) },
				{ type: "tool-call", id: expect.stringMatching(/^call_\w{24}$/), name: "now", arguments: "{}" },
			],
		],
		[
			"in the form of old",
			[delta({ function_call: { name: "weather", arguments: "" } }), delta({ function_call: { arguments: '{"city":"Paris"}' } })],
			[{ ...paris, id: expect.stringMatching(/^call_/) }],
		],
	])("%s", async (_, frames, expected) => {
		for (const reason of ["tool_calls", "stop", "function_call"]) {
			await using server = await startEndpoint([...frames, finish(reason), done]);
			const asked = await server.ask();
			expect(asked.error).toBeUndefined();
			expect(made(asked)).toEqual(expected);
			expect(asked.chunks.at(-1)).toEqual({ type: "finish", finishReason: "tool-calls" });
		}
	});

	test("whose pieces are told of as they come, and say all", async () => {
		await using server = await startEndpoint([
			delta("Let me look. "),
			call({ index: 0, id: "call_1", function: { name: "weather", arguments: "" } }),
			call({ index: 0, function: { arguments: '{"city"' } }),
			call({ index: 0, function: { arguments: ':"Paris"}' } }),
			finish("tool_calls"),
			done,
		]);
		expect((await server.ask()).chunks).toEqual([
			{ type: "text-delta", text: "Let me look. " },
			{ type: "tool-call-delta", id: "call_1", name: "weather", argumentsDelta: "" },
			{ type: "tool-call-delta", id: "call_1", argumentsDelta: '{"city"' },
			{ type: "tool-call-delta", id: "call_1", argumentsDelta: ':"Paris"}' },
			paris,
			{ type: "finish", finishReason: "tool-calls" },
		]);
	});

	test("of an answer that is not streamed", async () => {
		const message = {
			role: "assistant",
			content: null,
			tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }],
		};
		await using server = await startEndpoint(json(200, { choices: [{ index: 0, message, finish_reason: "tool_calls" }] }));
		expect(made(await server.ask())).toEqual([paris]);
	});
});

describe("calls that cannot be told apart by index or id stay apart", () => {
	const cities = ["Paris", "Rome"].map((city) => ({ name: "weather", arguments: JSON.stringify({ city }) }));

	test("of one tool, under one index and without ids", async () => {
		const calls = cities.map((definition) => ({ index: 0, id: "", type: "function", function: definition }));
		await using server = await startEndpoint([delta({ tool_calls: calls }), finish("tool_calls"), done]);
		const answer = await server.ask();
		expect(made(answer)).toMatchObject(cities);
	});

	test("of one tool, under two indexes and one id", async () => {
		const calls = cities.map((definition, index) => ({ index, id: "call_1", type: "function", function: definition }));
		await using server = await startEndpoint([delta({ tool_calls: calls }), finish("tool_calls"), done]);
		const answer = await server.ask();
		expect(made(answer)).toMatchObject(cities);
		expect(new Set(answer.chunks.flatMap((chunk) => (chunk.type === "tool-call" ? [chunk.id] : []))).size).toBe(2);
	});
});

test("no call is made of a stream that breaks, nor of one that was cut", async () => {
	const half = [call({ index: 0, id: "call_1", function: { name: "weather", arguments: '{"city"' } })];
	await using broken = await startEndpoint(half);
	const asked = await broken.ask();
	expect(asked.error).toMatchObject({ code: "stream-interrupted" });
	expect(made(asked)).toEqual([]);
	await using cut = await startEndpoint([delta("x"), ...half, finish("length"), done]);
	const answered = await cut.ask();
	expect(made(answered)).toEqual([]);
	expect(answered).toMatchObject({ error: undefined, warnings: [expect.stringContaining("weather")] });
	expect(answered.chunks.at(-1)).toEqual({ type: "finish", finishReason: "length" });
});

test("what is no call is left out", async () => {
	await using server = await startEndpoint([
		event({ choices: [{ index: 0, delta: { content: "x", tool_calls: null } }] }),
		delta({ tool_calls: [null, 7, {}] }),
		call({ index: 3, function: { arguments: "{}" } }),
		finish(),
		done,
	]);
	const asked = await server.ask();
	expect(made(asked)).toEqual([]);
	expect(asked).toMatchObject({ text: "x", warnings: [expect.stringContaining("no name")] });
});
