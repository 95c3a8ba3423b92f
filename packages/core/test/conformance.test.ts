import { createChain, NetworkError } from "@spaceport/core";
import { createScriptedProvider, providerConformance, type ScriptedProvider } from "@spaceport/testkit";
import { describe, test } from "vitest";

const story = ["Once ", "upon", " a ", { wait: 1 }, "time."] as const;
const expectedText = "Once upon a time.";
const broken = () =>
	createScriptedProvider({ name: "broken", scripts: [[{ fail: new NetworkError("connection refused", { phase: "join" }) }]] });

describe("a scripted provider conforms", () => {
	const made: ScriptedProvider[] = [];
	const create = () => {
		const provider = createScriptedProvider({ scripts: [story] });
		made.push(provider);
		return provider;
	};
	const countAsked = () => made.reduce((count, { calls }) => count + calls.length, 0);
	const subject = { create, createBroken: broken, expectedText, countAsked };
	for (const { name, run } of providerConformance(subject)) test(name, run);
});

describe("a chain conforms, since it is a provider", () => {
	const create = () => createChain({ name: "story", providers: [createScriptedProvider({ scripts: [story] })] });
	const createBroken = () => createChain({ name: "none", providers: [broken()], retry: { retries: 0 } });
	for (const { name, run } of providerConformance({ create, createBroken, expectedText })) {
		// The completion names the member that answered, and not the chain.
		if (name !== "registers in a Spaceport and answers there") test(name, run);
	}
});

describe("a chain that has to fall back conforms", () => {
	const create = () =>
		createChain({ name: "story", providers: [broken(), createScriptedProvider({ scripts: [story] })], retry: { retries: 0 } });
	for (const { name, run } of providerConformance({ create, expectedText })) {
		if (name !== "registers in a Spaceport and answers there") test(name, run);
	}
});
