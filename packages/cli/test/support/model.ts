import { createLocal } from "@spaceport/provider-local";
import { providerRequirement, type Requirement } from "@spaceport/testkit";

/** What tests of the real local model do on this machine: they run where it answers without a download, or where it is required. */
export async function modelRequirement(): Promise<Requirement> {
	await using local = createLocal({ offline: true });
	return await providerRequirement(
		"model",
		local,
		'Ask something once, npm start -- "Hello", or run the tests with SPACEPORT_REQUIRE=model.',
	);
}

/** The variables that lead a child process to this user's cache folder, where the weights are. */
export const cacheVariables: Readonly<Record<string, string>> = Object.fromEntries(
	["HOME", "XDG_CACHE_HOME"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] as string]])),
);
