import { createLocal } from "@spaceport/provider-local";
import { isRequired, type Requirement, requirement } from "@spaceport/testkit";

/** What tests of the real local model do on this machine: they run where it answers without a download, or where it is required. */
export async function modelRequirement(): Promise<Requirement> {
	if (isRequired("model")) return requirement("model", true, "");
	await using local = createLocal({ offline: true });
	try {
		const messages = [{ role: "user", content: "Hi" }] as const;
		for await (const chunk of local.createAsyncGenerator({ model: "", messages, maxTokens: 1 })) if (chunk.type === "text-delta") break;
		return requirement("model", true, "");
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		return requirement("model", false, `${why} Ask something once, npm start -- "Hello", or run the tests with SPACEPORT_REQUIRE=model.`);
	}
}

/** The variables that lead a child process to this user's cache folder, where the weights are. */
export const cacheVariables: Readonly<Record<string, string>> = Object.fromEntries(
	["HOME", "XDG_CACHE_HOME"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] as string]])),
);
