import { type GradioServer, type GradioVersion, gradioRequirement, startGradioServer } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { contractText, createSpace, type Space, type SubmitInputs } from "../../src/index.ts";
import { collect, failure } from "../support/collect.ts";
import { outputsOf } from "./servers.ts";

const versions: readonly GradioVersion[] = ["3.50.2", "4.0.2", "4.44.1", "5.50.0", "6.31.0"];
const data = ["hello", [], "be kind"];

/** What a server's log has about the functions that began. */
const begun = (server: GradioServer): unknown[] => server.readLog().flatMap(({ event, fn }) => (event === "start" ? [fn] : []));

/** What goes to a server, but for the calls themselves. */
function watched(server: GradioServer): { space: Space; asked: string[] } {
	const asked: string[] = [];
	const fetch: typeof globalThis.fetch = (input, init) => {
		const path = new URL(input instanceof Request ? input.url : input).pathname.replace(/^\/gradio_api/, "");
		if (/^\/(?:config|info|app_id)$/.test(path)) asked.push(path);
		return globalThis.fetch(input, init);
	};
	return { space: createSpace(server.baseUrl, { fetch, confirmAfterMs: 0 }), asked };
}

for (const version of versions) {
	const gradio = await gradioRequirement([version]);
	const saysNames = version !== "3.50.2" && version !== "4.0.2";

	// A busy machine takes its time to start a server.
	describe.skipIf(gradio.skip)(`an app of Gradio ${version} that is started anew`, { timeout: 120_000 }, () => {
		let server: GradioServer;
		let space: Space;
		let asked: string[];
		let contract = "";
		beforeAll(async () => {
			server = await startGradioServer({ version, app: "contract" });
			({ space, asked } = watched(server));
			contract = contractText(await space.contract("/model_chat"));
		}, 120_000);
		afterAll(() => server.stop());
		const startAgain = async (variant: string): Promise<void> => {
			server = await server.restart({ variant });
			asked.length = 0;
		};

		test("says what its functions take and give", async () => {
			expect(contract).toBe(
				saysNames
					? "/model_chat(query: textbox, history: chatbot, system: textbox) -> (textbox, chatbot, textbox)"
					: "/model_chat(textbox, chatbot, textbox) -> (textbox, chatbot, textbox)",
			);
			expect(contractText(await space.contract("/clear"))).toBe("/clear() -> (textbox, chatbot)");
			await collect(space.submit("/model_chat", data, { contract }));
			expect(begun(server)).toEqual(["model_chat"]);
		});

		test("and is the same answers again", async () => {
			await startAgain("base");
			await collect(space.submit("/model_chat", data, { contract }));
			expect(begun(server)).toEqual(["model_chat"]);
			expect(asked).toEqual(["/app_id", "/config", ...(saysNames ? ["/info"] : [])]);
			asked.length = 0;
			await collect(space.submit("/model_chat", data, { contract }));
			expect(asked).toEqual(["/app_id"]);
		});

		test("and has its function under another number is bound anew", async () => {
			await startAgain("moved");
			await collect(space.submit("/model_chat", data));
			expect(begun(server)).toEqual(["model_chat"]);
		});

		test("and has another function under its number is refused", async () => {
			await startAgain("gone");
			expect(await failure(space.submit("/model_chat", data))).toMatchObject({
				code: "space-contract",
				expected: "/model_chat",
				found: expect.stringContaining("/delete_all"),
			});
			expect(begun(server)).toEqual([]);
		});

		test("and takes something else is refused where its contract is pinned", async () => {
			// Names alone tell the first from what it was.
			const [variant, found] = saysNames
				? ["swapped", "system is input 1, not 3; query is input 3, not 1"]
				: ["reordered", "input 1 is a chatbot, not a textbox; input 2 is a textbox, not a chatbot"];
			await startAgain(variant);
			expect(await failure(space.submit("/model_chat", data, { contract }))).toMatchObject({
				code: "space-contract",
				expected: contract,
				found: expect.stringContaining(found),
			});
			expect(begun(server)).toEqual([]);
		});

		test("and has a State more still fits", async () => {
			await startAgain("state");
			await collect(space.submit("/model_chat", data, { contract }));
			expect(begun(server)).toHaveLength(1);
		});

		test("is a network error while it is not there", async () => {
			await server.stop();
			expect(await failure(space.submit("/model_chat", data))).toMatchObject({ code: "network" });
		});
	});

	describe.skipIf(gradio.skip)(`the functions of a toolbox on Gradio ${version}`, () => {
		let server: GradioServer;
		let space: Space;
		beforeAll(async () => {
			server = await startGradioServer({ version, app: "toolbox" });
			space = createSpace(server.baseUrl);
		}, 120_000);
		afterAll(() => server.stop());
		const last = async (api: string | string[], inputs: SubmitInputs): Promise<unknown> =>
			outputsOf(await collect(space.submit(api, inputs))).at(-1)?.[0];

		test("say what they take", async () => {
			const endpoints = await space.endpoints();
			const every = endpoints.find(({ name }) => name === "/every_input");
			expect(every?.parameters.map(({ component }) => component)).toEqual([
				"textbox",
				"textbox",
				"number",
				"slider",
				"checkbox",
				"checkboxgroup",
				"dropdown",
				"dropdown",
				"radio",
				"json",
				"textbox",
			]);
			expect(every?.parameters[0]).toMatchObject(saysNames ? { name: "text", named: true } : { name: "param_0", named: false });
			expect(endpoints.find(({ name }) => name === "/unqueued")?.unqueued).toBe(true);
			expect(endpoints.find(({ name }) => name === "/count")).toMatchObject({
				parameters: [{ hidden: true }],
				outputs: [{}, { hidden: true }],
			});
			const nameless = endpoints.filter(({ name }) => name === undefined).map(({ fnIndex }) => fnIndex);
			expect(nameless).toHaveLength(1);
		});

		test("take inputs by name, with the defaults of the page", async () => {
			const endpoints = await space.endpoints();
			const { parameters = [] } = endpoints.find(({ name }) => name === "/every_input") ?? {};
			const needed = parameters.slice(1).filter(({ hasDefault }) => !hasDefault);
			const inputs = Object.fromEntries(
				needed.map(({ named, name, label = name }, index) => [named && index % 2 === 0 ? name : label, null]),
			);
			const received: unknown[] = JSON.parse(String(await last("/every_input", { ...inputs, param_0: "the text" })));
			expect(received).toHaveLength(11);
			expect(received[0]).toBe("the text");
			for (const [index, parameter] of parameters.entries()) {
				if (index > 0 && parameter.hasDefault && parameter.default !== null)
					expect(received[index], parameter.name).toEqual(parameter.default);
			}
		});

		test("take a State for granted", async () => {
			for (const inputs of [[], [null], {}]) expect(await last("/count", inputs)).toBe("1");
			expect(await last(["/counts", "/count"], [])).toBe("1");
		});

		test("past the queue are called by their names", async () => {
			expect(await last("/unqueued", { text: "a" })).toBe("unqueued: a");
		});
	});

	describe.skipIf(gradio.skip)(`a ChatInterface on Gradio ${version}`, { timeout: 120_000 }, () => {
		test("is one function with several names, and a State between its inputs", async () => {
			await using server = await startGradioServer({ version, app: "chat-interface", variant: "inputs" });
			const space = createSpace(server.baseUrl);
			for (const inputs of [
				["hello", "be brief", 1, 9],
				{ message: "hello", "System prompt": "be brief", temperature: 1, max_tokens: 9 },
			]) {
				await collect(space.submit(["/chat", "/respond"], inputs));
			}
			const received = server.readLog().flatMap((entry) => (entry.event === "start" ? [(entry as { received?: unknown }).received] : []));
			expect(received).toHaveLength(2);
			for (const each of received) expect(each).toMatchObject(["hello", [], "be brief", 1, 9]);
		});
	});
}
