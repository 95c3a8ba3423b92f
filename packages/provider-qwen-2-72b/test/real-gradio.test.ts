import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { createSpaceport } from "@spaceport/core";
import { createScriptedProvider, providerConformance } from "@spaceport/testkit";
import { type GradioServer, type GradioVersion, gradioRequirement, gradioVersions, startGradioServer } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createQwen2_72b } from "../src/index.ts";
import { startCutProxy } from "./support/cut-proxy.ts";
import { read } from "./support/read.ts";

/** The versions whose Chatbot takes pairs and messages; those before have pairs alone, those after messages alone. */
const withBothKinds: readonly GradioVersion[] = ["4.44.1", "5.0.2", "5.50.0"];
/** The versions that never see that the stream of a job in the queue is closed: it starts when its turn comes, and is ended at its first step. */
const startsLeftJobs: readonly GradioVersion[] = ["4.19.2", "4.21.0"];
/** The versions where a job that is left makes no further step, while its `finally` runs when Python collects its garbage, if ever. */
const stopsOnly: readonly GradioVersion[] = ["3.50.2", "4.0.2"];
/** The versions that take a job by one request, and forget its session when its stream is closed. */
const forgetsSessions: readonly GradioVersion[] = ["4.16.0", "4.29.0", "4.44.1", "5.0.2", "5.50.0", "6.31.0"];

/** The texts that a job showed, without those that do not differ from the one before. */
function visibleSteps(server: GradioServer, id: string): string[] {
	const shown = server.readLog().flatMap((entry) => (entry.event === "yield" && entry.id === id ? [entry.shown ?? ""] : []));
	return shown.filter((text, index) => text !== (shown[index - 1] ?? ""));
}

/** Runs a program to its end. */
async function run(baseUrl: string, question: string, how: string): Promise<{ code: number | null; said: string }> {
	const program = fileURLToPath(new URL("support/ask-and-leave.ts", import.meta.url));
	const child = spawn(process.execPath, ["--conditions=@spaceport/source", program, baseUrl, question, how], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	let said = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		said += text;
	});
	const [code] = (await once(child, "close")) as [number | null];
	return { code, said: said.trim() };
}

for (const version of gradioVersions) {
	const { skip } = await gradioRequirement([version]);
	describe.skipIf(skip)(`on Gradio ${version}`, () => testVersion(version));
}

function testVersion(version: GradioVersion): void {
	let server: GradioServer;
	/** With room for one job; its Chatbot takes messages, where the version has both kinds. */
	let narrow: GradioServer;
	beforeAll(async () => {
		const messages = withBothKinds.includes(version) ? { chatbot: "messages" as const } : {};
		const starting = [
			startGradioServer({ version, concurrency: 20 }),
			startGradioServer({ version, concurrency: 1, queueSize: 1, ...messages }),
		] as const;
		const started = await Promise.allSettled(starting);
		if (started[0].status === "fulfilled") server = started[0].value;
		if (started[1].status === "fulfilled") narrow = started[1].value;
		await Promise.all(starting);
	});
	afterAll(() => Promise.all([server?.stop(), narrow?.stop()]));
	const create = () => createQwen2_72b({ baseUrl: server.baseUrl });
	const ask = (messages: string, signal?: AbortSignal) => create().createAsyncGenerator({ messages }, signal && { signal });

	/** Waits until a job that was left has ended, as far as the version does that. */
	async function expectEnded(on: GradioServer, id: string): Promise<void> {
		if (!stopsOnly.includes(version)) {
			await on.waitForLog((entry) => entry.id === id && entry.event === "finally");
			return;
		}
		// The endless job would go on while others take their time.
		await on.waitForLog((entry) => entry.id === id && entry.event === "yield");
		const stepsAfter = async (): Promise<number> => {
			const { error } = await read(createQwen2_72b({ baseUrl: on.baseUrl }).createAsyncGenerator({ messages: "slow steps=50 ms=20" }));
			expect(error).toBeUndefined();
			return on.readLog().filter((entry) => entry.id === id && entry.event === "yield").length;
		};
		const steps = await stepsAfter();
		expect(await stepsAfter()).toBe(steps);
	}

	describe.concurrent("with room for many jobs", () => {
		test("a long answer in many alphabets is what the Space says in the end, as it grows", async () => {
			const { text, deltas, error } = await read(ask("long id=long"));
			const steps = visibleSteps(server, "long");
			expect(error).toBeUndefined();
			expect(text).toBe(steps.at(-1));
			expect(steps.length).toBeGreaterThan(300);
			expect(deltas).toBeGreaterThanOrEqual(steps.length * 0.8);
		});

		test("the same through a chain, as chunks and as text", async () => {
			const spaceport = createSpaceport({ providers: [create()], chains: { default: ["qwen-2-72b"] } });
			const chunks = await read(spaceport.stream({ messages: "long id=chunks" }));
			const steps = visibleSteps(server, "chunks");
			expect(chunks.text).toBe(steps.at(-1));
			expect(chunks.deltas).toBeGreaterThanOrEqual(steps.length * 0.8);
			const stream = spaceport.stream({ messages: "long id=text" });
			expect((await read(stream.textStream)).text).toBe(visibleSteps(server, "text").at(-1));
			expect((await stream.completion).text).toBe(steps.at(-1));
		});

		test.each([
			["rewrite", "rewrite id=rewrite"],
			["indent", "indent id=indent"],
			["shrink", "shrink id=shrink"],
			["same", "same id=same"],
			["pending", 'script id=pending: [null, "", "Paris", "Paris."]'],
			["blank", "blank id=blank"],
			["progress", "progress id=progress"],
			["log", "log id=log"],
		])("%s: the text is that of the end", async (id, question) => {
			const { text, error } = await read(ask(question));
			expect(error).toBeUndefined();
			expect(text).toBe(visibleSteps(server, id).at(-1) ?? "");
		});

		test("a generator that yields nothing ends with nothing", async () => {
			expect(await read(ask("empty id=empty"))).toMatchObject({ text: "", error: undefined });
		});

		test("progress and logs arrive", async () => {
			const { chunks } = await read(ask("progress id=p2"));
			expect(chunks).toContainEqual(
				expect.objectContaining({ type: "progress", stage: "step", description: "part 1", index: 1, length: 3 }),
			);
			const logs = await read(ask("log id=l2"));
			expect(logs.chunks).toContainEqual({ type: "log", level: "info", text: "the model is warm" });
		});

		const messages = [
			{ role: "system", content: "Be brief." },
			{ role: "user", content: "Мой вопрос 1" },
			{ role: "user", content: "and 1b" },
			{ role: "assistant", content: "answer \\1\\ 😀" },
			{ role: "user", content: "question 2" },
			{ role: "assistant", content: "answer 2" },
			{ role: "user", content: "history" },
		] as const;
		const said = ["Мой вопрос 1\n\nand 1b", "answer \\1\\ 😀", "question 2", "answer 2"];

		async function received(provider: ReturnType<typeof create>): Promise<{ query: string; history: unknown[]; system: string }> {
			const { text, error } = await read(provider.createAsyncGenerator({ messages }));
			expect(error).toBeUndefined();
			return JSON.parse(text);
		}

		test("earlier turns and the system prompt arrive", async () => {
			const { query, history, system } = await received(create());
			expect({ query, system }).toEqual({ query: "history", system: "Be brief." });
			const texts =
				version === "6.31.0" ? history.map((turn) => (turn as { content: { text: string }[] }).content[0]?.text) : history.flat();
			expect(texts).toEqual(said);
		});

		if (withBothKinds.includes(version))
			test("earlier turns arrive at a Chatbot of messages", async () => {
				const { history } = await received(createQwen2_72b({ baseUrl: narrow.baseUrl }));
				expect(history.map((turn) => turn as { role: string; content: string }).map(({ role, content }) => [role, content])).toEqual(
					said.map((text, index) => [index % 2 === 0 ? "user" : "assistant", text]),
				);
			});

		test("an error at the start and one midway have the server's words; what came before stays", async () => {
			const start = await read(ask('fail: It\'s the "worker" \\ gone'));
			expect(start.error).toMatchObject({ code: "generation", detail: 'It\'s the "worker" \\ gone' });
			expect(start.text).toBe("");
			const midway = await read(ask("fail after=3: gone"));
			expect(midway.error).toMatchObject({ code: "generation", detail: "gone" });
			expect(midway.text.trim()).toBe("word 1 word 2 word 3");
			const crash = await read(ask("crash after=1: a secret of the server"));
			expect(crash.error).toMatchObject({ code: "generation" });
			expect(JSON.stringify(crash.error)).not.toContain("secret");
		});

		test("an abort midway ends the generator", async () => {
			const controller = new AbortController();
			const { error } = await read(ask("endless id=midway ms=20", controller.signal), (chunk) => {
				if (typeof chunk !== "string" && chunk.type === "text-delta") controller.abort(new Error("enough"));
			});
			expect(error).toMatchObject({ code: "aborted", reason: new Error("enough") });
			await expectEnded(server, "midway");
		});

		test("leaving the loop ends the generator as well, through a chain too", async () => {
			for await (const chunk of ask("endless id=break ms=20")) if (chunk.type === "text-delta") break;
			const spaceport = createSpaceport({ providers: [create()], chains: { default: ["qwen-2-72b"] } });
			for await (const _ of spaceport.stream({ messages: "endless id=chain ms=20" }).textStream) break;
			await expectEnded(server, "break");
			await expectEnded(server, "chain");
		});

		// Longer than it takes until a cancel could be sent: one in the middle of a step leaves the generator suspended.
		test("an abort before a slow first token ends the job at that token", async () => {
			const controller = new AbortController();
			const reading = read(ask("endless id=early first=1500 ms=20", controller.signal));
			await server.waitForLog(({ id, event }) => id === "early" && event === "start");
			controller.abort();
			expect(await reading).toMatchObject({ text: "", error: { code: "aborted" } });
			await expectEnded(server, "early");
		});

		test.each(["abort", "break"])("the process ends by itself after %s, and the job does", async (how) => {
			const { code, said: word } = await run(server.baseUrl, `endless id=process-${how} ms=20`, how);
			expect({ code, word }).toEqual({ code: 0, word: how === "abort" ? "aborted" : "left" });
			await expectEnded(server, `process-${how}`);
		});

		test("two calls at once have each their own text", async () => {
			const provider = create();
			const answers = await Promise.all([
				read(provider.createAsyncGenerator({ messages: "echo by=character ms=2: the first answer" })),
				read(provider.createAsyncGenerator({ messages: "echo by=character ms=2: другой ответ" })),
			]);
			expect(answers.map(({ text }) => text)).toEqual(["the first answer", "другой ответ"]);
		});

		test("20 calls one after the other", async () => {
			const provider = create();
			for (let call = 0; call < 20; call += 1) {
				expect((await read(provider.createAsyncGenerator({ messages: `echo: call ${call}` }))).text).toBe(`call ${call}`);
			}
		});

		test("a stream that is cut after the first fragment is interrupted, never finished", async () => {
			await using proxy = await startCutProxy(server.baseUrl, (event) => event.includes("process_generating"));
			const provider = createQwen2_72b({ baseUrl: proxy.url });
			const { text, error, chunks } = await read(provider.createAsyncGenerator({ messages: "slow id=cut ms=20" }));
			expect(text.trim()).toBe("tick 1");
			expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: text });
			expect(chunks).not.toContainEqual(expect.objectContaining({ type: "finish" }));
		});

		test("a stream that is cut before anything was sent: the chain's second provider answers", async () => {
			await using proxy = await startCutProxy(server.baseUrl, (event) => event.includes("estimation"));
			const second = createScriptedProvider({ name: "second", scripts: [["the second"]] });
			const spaceport = createSpaceport({
				providers: [createQwen2_72b({ baseUrl: proxy.url }), second],
				chains: { default: ["qwen-2-72b", "second"] },
				retry: { minDelayMs: 1, maxDelayMs: 1 },
			});
			const { text, attempts } = await spaceport.complete({ messages: "slow first=2000 ms=20" });
			expect(text).toBe("the second");
			expect(attempts[0]?.error).toMatchObject({ code: "stream-interrupted" });
		});

		describe("the conformance suite", () => {
			const words = "once upon a time there was a server";
			for (const { name, run: runCase } of providerConformance({ create, prompt: `echo ms=10: ${words}`, expectedText: words }))
				test(name, runCase);
		});
	});

	describe("with room for one job", () => {
		/** Keeps the one place busy for as long as `work` takes. */
		async function whileBusy(id: string, work: () => Promise<void>): Promise<void> {
			const controller = new AbortController();
			const provider = createQwen2_72b({ baseUrl: narrow.baseUrl });
			const busy = read(provider.createAsyncGenerator({ messages: `endless id=${id} ms=20` }, { signal: controller.signal }));
			await narrow.waitForLog((entry) => entry.id === id && entry.event === "yield");
			try {
				await work();
			} finally {
				controller.abort();
				await busy;
			}
		}

		/** Another job has its turn, so whatever was in the queue before it has started, or never will. */
		async function expectDropped(id: string): Promise<void> {
			let last = await read(createQwen2_72b({ baseUrl: narrow.baseUrl }).createAsyncGenerator({ messages: `echo id=after-${id}: next` }));
			while (last.error?.code === "queue-full") {
				last = await read(createQwen2_72b({ baseUrl: narrow.baseUrl }).createAsyncGenerator({ messages: `echo id=after-${id}: next` }));
			}
			expect(last.text).toBe("next");
			const facts = narrow.readLog().flatMap((entry) => (entry.id === id && entry.event !== "yield" ? [entry.event] : []));
			expect(facts).toEqual(startsLeftJobs.includes(version) ? ["start", "exit", "finally"] : []);
		}

		test("a job that is aborted in the queue is dropped", async () => {
			await whileBusy("busy-1", async () => {
				const controller = new AbortController();
				const provider = createQwen2_72b({ baseUrl: narrow.baseUrl });
				const { error, chunks } = await read(
					provider.createAsyncGenerator({ messages: "slow id=queued steps=200 ms=20" }, { signal: controller.signal }),
					(chunk) => {
						if (typeof chunk !== "string" && chunk.type === "queue-update") controller.abort();
					},
				);
				expect(chunks[0]).toMatchObject({ type: "queue-update", position: 0, size: 1 });
				expect(error).toMatchObject({ code: "aborted" });
			});
			await expectDropped("queued");
		});

		if (forgetsSessions.includes(version))
			test("a job that is aborted while it joins never starts", async () => {
				await whileBusy("busy-2", async () => {
					const controller = new AbortController();
					const ended = Promise.withResolvers<void>();
					let streams = 0;
					const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
						const { url } = input as Request;
						const answer = globalThis.fetch(input, init);
						if (url.endsWith("/queue/join")) controller.abort();
						if (url.includes("/queue/data")) streams += 1;
						// The first one is opened to be closed; the second one asks whether the server has dropped the job.
						if (streams === 2) void answer.finally(ended.resolve);
						return answer;
					};
					const provider = createQwen2_72b({ baseUrl: narrow.baseUrl, fetch });
					const { error } = await read(
						provider.createAsyncGenerator({ messages: "echo id=joining: never" }, { signal: controller.signal }),
					);
					expect(error).toMatchObject({ code: "aborted" });
					await ended.promise;
				});
				await expectDropped("joining");
			});

		// Where a job that was left starts all the same, the process stays for a while, to end it at its first step.
		if (!startsLeftJobs.includes(version))
			test("the process ends by itself after an abort in the queue", async () => {
				await whileBusy("busy-3", async () => {
					expect(await run(narrow.baseUrl, "slow id=process steps=200 ms=20", "abort-in-queue")).toEqual({ code: 0, said: "aborted" });
				});
				await expectDropped("process");
			});

		test("a full queue says so", async () => {
			await whileBusy("busy-4", async () => {
				const controller = new AbortController();
				const provider = createQwen2_72b({ baseUrl: narrow.baseUrl });
				const inQueue = Promise.withResolvers<void>();
				const waiting = read(provider.createAsyncGenerator({ messages: "echo: waits" }, { signal: controller.signal }), () =>
					inQueue.resolve(),
				);
				await inQueue.promise;
				const { error } = await read(provider.createAsyncGenerator({ messages: "echo: too many" }));
				expect(error).toMatchObject({ code: "queue-full" });
				controller.abort();
				await waiting;
			});
		});
	});
}

describe.skipIf((await gradioRequirement(["5.50.0"])).skip)("a server that asks for a password", () => {
	test("refuses with authentication", async () => {
		await using server = await startGradioServer({ version: "5.50.0", auth: { user: "ada", password: "s3cret" } });
		const { error } = await read(createQwen2_72b({ baseUrl: server.baseUrl }).createAsyncGenerator({ messages: "echo: x" }));
		expect(error).toMatchObject({ code: "authentication", status: 401 });
	});
});
