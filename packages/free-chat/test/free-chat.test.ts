import { createSpaceport, type SpaceportEvent } from "@spaceport/core";
import { createLocal } from "@spaceport/provider-local";
import { endpoints } from "@spaceport/provider-openai";
import { createScriptedProvider } from "@spaceport/testkit";
import { describe, expect, it, vi } from "vitest";

import { createFreeChat, type FreeChatOptions, type Recipient } from "../src/index.ts";
import { chats, hub, type Network, ovh, qwen, startNetwork, status } from "./support/network.ts";

const secret = "the words of the prompt";
const request = { messages: secret };
const local = () => createScriptedProvider({ name: "local", scripts: [["from this machine"]] });

/** Asks a chain that is alone in a Spaceport, and tells who got the prompt and who failed, in order. */
function setUp(network: Network, options: FreeChatOptions = {}) {
	const chain = createFreeChat({
		local: local(),
		fetch: network.fetch,
		onRecipient: ({ provider, model }) => void network.log.push(`prompt to ${provider} ${model}`),
		...options,
	});
	const onEvent = (event: SpaceportEvent): void => {
		if (event.type === "attempt-end" && event.error !== undefined) network.log.push(`${event.provider} failed: ${event.error.code}`);
	};
	const spaceport = createSpaceport({ chains: [chain], onEvent });
	return { chain, spaceport, ask: () => spaceport.complete(request) };
}

const names = (recipients: readonly Recipient[]): readonly string[] => recipients.map(({ provider }) => provider);

describe("who takes part", () => {
	it("is Spaces, what needs no key, and the model on this machine", () => {
		expect(
			createFreeChat().recipients.map(({ provider, model, leavesMachine, account }) => [provider, model, leavesMachine, account]),
		).toEqual([
			["qwen-2-72b", "qwen-2-72b", true, "none"],
			["ovhcloud", "gpt-oss-120b", true, "none"],
			["ovhcloud", "Meta-Llama-3_3-70B-Instruct", true, "none"],
			["local", "smollm2-135m-instruct", false, "none"],
		]);
	});

	it("are further Spaces after the first one, and keys after what needs none, in their order", () => {
		const { recipients } = createFreeChat({
			spaces: ["owner/name", createScriptedProvider({ name: "own", scripts: [[]] })],
			keys: { groq: "gsk-1", cerebras: ["csk-1", "csk-2"], mistral: undefined },
		});
		expect([...new Set(names(recipients))]).toEqual(["qwen-2-72b", "owner/name", "own", "ovhcloud", "groq", "cerebras", "local"]);
		expect(recipients.find(({ provider }) => provider === "groq")).toMatchObject({ account: "yours", title: "Groq", leavesMachine: true });
		expect(JSON.stringify(recipients)).not.toMatch(/gsk-1|csk-/);
	});

	it("is whoever is named, and nobody who is left out", () => {
		const { recipients } = createFreeChat({ endpoints: ["kilo", "ollama", "horde"], without: ["qwen-2-72b", "ovhcloud", "local"] });
		expect([...new Set(names(recipients))]).toEqual(["kilo", "ollama", "ai-horde"]);
		expect(recipients.find(({ provider }) => provider === "kilo")?.privacy).toMatchObject({ logsPrompts: true, trains: true });
		expect(recipients.find(({ provider }) => provider === "ollama")?.leavesMachine).toBe(false);
	});

	it("is the caller's own provider in place of one of the same name, its limits and keys included", async () => {
		const own = createScriptedProvider({ name: "mine", scripts: [["mine"]], limits: { concurrency: 1 }, keys: ["key-1"] });
		const chain = createFreeChat({ providers: { "qwen-2-72b": own }, local: false, without: ["ovhcloud"] });
		const completion = await createSpaceport({ chains: [chain] }).complete(request);
		expect(completion).toMatchObject({ text: "mine", provider: "qwen-2-72b", attempts: [{ key: "key-1" }] });
	});

	it.each<{ readonly options: FreeChatOptions; readonly says: string }>([
		{ options: { without: ["ovhclod"] }, says: 'without has "ovhclod", which is nobody who could be asked. Did you mean "ovhcloud"?' },
		{ options: { without: ["qwen-2-72b", "ovhcloud", "local"] }, says: "Nobody is left who could be asked." },
		{ options: { keys: { grog: "gsk-1" } }, says: 'keys.grog has "grog", which is no endpoint that is known. Did you mean "groq"?' },
		{ options: { keys: { openai: "sk-1" } }, says: "OpenAI takes part only where it is named: it has to be paid for." },
		{ options: { keys: { mistral: "k" } }, says: "Mistral takes part only where it is named: " },
		{ options: { endpoints: ["mistral"] }, says: "Mistral answers nobody without a key" },
		{ options: { spaces: ["owner/name", "owner/name"] }, says: 'There are two members that are called "owner/name".' },
		{ options: { timeouts: { connectMs: -1 } }, says: "timeouts.connectMs is -1" },
	])("is refused in words: $says", ({ options, says }) => {
		expect(() => createFreeChat(options)).toThrow(says);
	});
});

describe("by the data", () => {
	const all = Object.values(endpoints);
	const keyed = Object.fromEntries(
		all.filter((one) => one.default && one.kind !== "local").map(({ id }) => [id, id === "cloudflare" ? "account:k" : "k"]),
	);

	it("nobody takes part by itself who logs prompts, trains on them, or of whom that is not known", () => {
		for (const { provider, privacy, leavesMachine } of createFreeChat({ without: ["qwen-2-72b"] }).recipients) {
			expect({ provider, logs: privacy.logsPrompts, trains: privacy.trains }).toEqual({ provider, logs: false, trains: false });
			if (leavesMachine === true) expect(endpoints[provider as keyof typeof endpoints]).toMatchObject({ default: true, kind: "keyless" });
		}
	});

	it("a key alone brings in nobody who logs prompts, trains on them, or whose terms are in the way", () => {
		const { recipients } = createFreeChat({ keys: keyed, without: ["qwen-2-72b", "local"] });
		for (const { provider, privacy } of recipients) {
			expect(endpoints[provider as keyof typeof endpoints].default).toBe(true);
			expect([privacy.logsPrompts, privacy.trains]).not.toContain(true);
		}
		expect(new Set(names(recipients))).toEqual(new Set(Object.keys(keyed)));
	});

	it.each(all.filter((one) => !one.default).map(({ id }) => id))("%s takes part only where it is named", (id) => {
		expect(names(createFreeChat({ keys: keyed }).recipients)).not.toContain(id);
		expect(() => createFreeChat({ keys: { [id]: "a:k" } })).toThrow("takes part only where it is named");
		expect(names(createFreeChat({ endpoints: [id], keys: { [id]: "a:k" } }).recipients)).toContain(id);
	});
});

describe("on a network", () => {
	it("whoever is reached answers, and is named before the prompt goes there", async () => {
		const network = await startNetwork({ [hub]: status(404), [qwen]: status(503), [ovh]: chats("Paris") });
		const { ask } = setUp(network);
		expect(await ask()).toMatchObject({ text: "Paris", provider: "ovhcloud", model: "gpt-oss-120b" });
		const { log } = network;
		expect(log.indexOf("prompt to ovhcloud gpt-oss-120b")).toBeGreaterThan(log.indexOf("qwen-2-72b failed: space-unavailable"));
		expect(log.indexOf(`POST ${ovh}/v1/chat/completions`)).toBeGreaterThan(log.indexOf("prompt to ovhcloud gpt-oss-120b"));
		expect(log.filter((line) => line.startsWith("prompt"))).toEqual(["prompt to qwen-2-72b qwen-2-72b", "prompt to ovhcloud gpt-oss-120b"]);
		expect(network.seen.find(({ method }) => method === "POST")?.headers).not.toHaveProperty("authorization");
	});

	it("a second model of an endpoint is asked where the first one is gone", async () => {
		const network = await startNetwork({
			[ovh]: (seen, response) => {
				if (!seen.body.includes("gpt-oss-120b")) return (chats("from Llama") as (...args: unknown[]) => void)(seen, response);
				response.writeHead(404, { "content-type": "application/json" });
				response.end(JSON.stringify({ error: { message: "The model `gpt-oss-120b` does not exist", code: "model_not_found" } }));
			},
		});
		expect(await setUp(network, { without: ["qwen-2-72b"] }).ask()).toMatchObject({
			model: "Meta-Llama-3_3-70B-Instruct",
			text: "from Llama",
		});
	});

	it("a Space that sleeps is neither woken nor waited for", async () => {
		const network = await startNetwork({
			[hub]: (seen, response) => {
				response.writeHead(200, { "content-type": "application/json" });
				response.end(JSON.stringify(seen.path.endsWith("/host") ? { host: `https://${qwen}` } : { runtime: { stage: "SLEEPING" } }));
			},
			[qwen]: status(503),
			[ovh]: chats("Paris"),
		});
		expect(await setUp(network).ask()).toMatchObject({
			provider: "ovhcloud",
			attempts: [{ error: { code: "space-unavailable", stage: "sleeping" } }, {}],
		});
		expect(network.log.filter((line) => line.includes(qwen))).toEqual([`GET ${qwen}/config`]);
	});

	it.each(["refuses", "unknown"] as const)(
		"where every place %s, the model on this machine answers, and nobody else got anything",
		async (place) => {
			const network = await startNetwork({ [hub]: place, [qwen]: place, [ovh]: place });
			expect(await setUp(network).ask()).toMatchObject({ text: "from this machine", provider: "local" });
			expect(network.log).toEqual([
				"prompt to qwen-2-72b qwen-2-72b",
				"qwen-2-72b failed: network",
				"ovhcloud failed: network",
				"ovhcloud failed: network",
				"prompt to local local",
			]);
		},
	);

	it("where packets are swallowed, one deadline is waited for, and not one for each", async () => {
		const network = await startNetwork({ [hub]: "silent", [qwen]: "silent", [ovh]: "silent", "api.groq.com": "silent" });
		const { ask } = setUp(network, { keys: { groq: "gsk-1" }, timeouts: { connectMs: 500 } });
		const { attempts, provider } = await ask();
		expect(provider).toBe("local");
		// All are looked at before the first one is given up: nobody after it has a wait of their own.
		const given = network.log.indexOf("qwen-2-72b failed: timeout");
		const looks = [`HEAD ${hub}/`, `HEAD ${ovh}/`, "HEAD api.groq.com/"];
		expect(network.log.slice(0, given)).toEqual(expect.arrayContaining(looks));
		expect(network.log.filter((line) => line.startsWith("HEAD")).sort()).toEqual(looks.sort());
		expect(attempts.map(({ provider, error }) => [provider, error?.message])).toEqual([
			["qwen-2-72b", "huggingface.co is out of reach: no answer after 500 ms."],
			...["ovhcloud", "ovhcloud"].map((name) => [name, `${ovh} is out of reach: no answer after 500 ms; nothing was sent.`]),
			...["groq", "groq"].map((name) => [name, "api.groq.com is out of reach: no answer after 500 ms; nothing was sent."]),
			["local", undefined],
		]);
		expect(network.seen.filter(({ method }) => method === "POST")).toEqual([]);
		await network.idle();
	});

	it("nothing of a prompt, no key and no cookie is in a look", async () => {
		const network = await startNetwork({ [hub]: "silent", [qwen]: "silent", [ovh]: "silent", "api.groq.com": "silent" });
		await setUp(network, { keys: { groq: "gsk-1" }, token: "hf_abcdefgh", timeouts: { connectMs: 300 } }).ask();
		const looks = network.seen.filter(({ method }) => method === "HEAD");
		expect(looks).toHaveLength(3);
		for (const { body, path, headers } of looks) {
			expect({ body, path }).toEqual({ body: "", path: "/" });
			expect(JSON.stringify(headers)).not.toMatch(/gsk-1|hf_|authorization|cookie|prompt/);
		}
	});

	it("whoever is asked first waits for no look, and looks end with the answer", async () => {
		const network = await startNetwork({
			[hub]: "silent",
			[ovh]: (seen, response) => (seen.method === "HEAD" ? undefined : (chats("at once") as (...args: unknown[]) => void)(seen, response)),
		});
		// The looks would go on for a minute.
		const { ask } = setUp(network, { without: ["qwen-2-72b"], spaces: [], keys: { groq: "gsk-1" }, timeouts: { connectMs: 60_000 } });
		expect(await ask()).toMatchObject({ text: "at once", provider: "ovhcloud" });
		await network.idle();
	});

	it("a sign of life keeps the first one, whatever a look says", async () => {
		const network = await startNetwork({ [ovh]: "silent" });
		const own = Object.assign(
			createScriptedProvider({
				name: "qwen-2-72b",
				scripts: [[{ run: ({ alive }) => alive() }, { run: () => network.logged("looked") }, "slow, and here"]],
			}),
			{ url: `https://${ovh}` },
		);
		const fetch: typeof network.fetch = (input, init) => {
			init?.signal?.addEventListener("abort", () => {
				network.log.push("looked");
				// Whoever waits for the log looks at it when something comes.
				void network.fetch(`https://${ovh}/again`).catch(() => {});
			});
			return network.fetch(input, init);
		};
		const { ask } = setUp(network, { providers: { "qwen-2-72b": own }, fetch, timeouts: { connectMs: 300 } });
		expect(await ask()).toMatchObject({ text: "slow, and here", provider: "qwen-2-72b" });
	});

	it("an abort ends the wait for a look, and the look", async () => {
		const network = await startNetwork({ [hub]: status(404), [qwen]: status(503), [ovh]: "silent" });
		const { spaceport } = setUp(network, { timeouts: { connectMs: 60_000 } });
		const controller = new AbortController();
		const answer = spaceport.complete(request, {
			signal: controller.signal,
			// Right after it has begun to wait.
			onEvent: (event) => event.type === "attempt-start" && event.provider === "ovhcloud" && void setImmediate(() => controller.abort()),
		});
		await expect(answer).rejects.toMatchObject({ code: "aborted" });
		await network.idle();
	});

	it("requests at the same time share the looks, and the next one finds out who is back", async () => {
		const groq = "api.groq.com";
		const network = await startNetwork({ [hub]: "silent", [qwen]: "silent", [groq]: "silent" });
		const { spaceport, ask } = setUp(network, { without: ["ovhcloud"], keys: { groq: "gsk-1" }, timeouts: { connectMs: 500 } });
		const [first, second] = await Promise.all([ask(), ask()]);
		expect([first?.provider, second?.provider]).toEqual(["local", "local"]);
		const looks = () => network.log.filter((line) => line === `HEAD ${groq}/`).length;
		expect(looks()).toBe(1);
		network.set(groq, chats("back"));
		await spaceport.reset();
		expect(await ask()).toMatchObject({ text: "back", provider: "groq" });
		expect(looks()).toBe(2);
		await spaceport.reset();
		expect(await ask()).toMatchObject({ text: "back" });
		expect(looks()).toBe(2);
	});

	it("an observer that throws is logged, and the answer goes on", async () => {
		const network = await startNetwork({ [ovh]: chats("Paris") });
		const warnings: unknown[] = [];
		const chain = createFreeChat({
			without: ["qwen-2-72b"],
			local: false,
			fetch: network.fetch,
			onRecipient: () => {
				throw new Error("no");
			},
		});
		const quiet = (): void => {};
		const logger = { trace: quiet, debug: quiet, info: quiet, error: quiet, warn: (_: unknown, text?: string) => void warnings.push(text) };
		expect(await createSpaceport({ chains: [chain], logger }).complete(request)).toMatchObject({ text: "Paris" });
		expect(warnings).toContain("onRecipient threw; the answer goes on.");
	});
});

describe("the model on this machine", () => {
	it("is known before it is loaded as it is then", async () => {
		const { entries } = createFreeChat();
		const { provider: lazy } = entries.at(-1) as { provider: ReturnType<typeof createLocal> };
		await using real = createLocal();
		const known = ({ name, models, parameters, timeouts }: typeof lazy) => ({ name, models, parameters, timeouts });
		expect(known(lazy)).toEqual(known(real));
	});

	it("is a last resort, and stays the caller's to dispose of", async () => {
		const dispose = vi.fn(async () => {});
		const own = Object.assign(local(), { dispose });
		{
			await using chain = createFreeChat({ local: own });
			expect(chain.entries.at(-1)).toMatchObject({ lastResort: true });
		}
		expect(dispose).not.toHaveBeenCalled();
	});
});
