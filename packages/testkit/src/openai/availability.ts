import { stat } from "node:fs/promises";

import { findPython } from "../machine/find-python.ts";
import { isEnvironmentReady, missingPython } from "../machine/python-environment.ts";
import { isRequired, type Requirement, requirement } from "../require.ts";
import { type ChatServerName, chatServerPins } from "./servers.ts";

/**
 * What a test of real servers does on this machine: it runs where their environments are in the cache and the model's weights are there, or where the run was
 * asked for them (`SPACEPORT_REQUIRE=model`) and there is a Python 3.11 to make the environments with. Use it at the top of a test file:
 *
 * @example
 * ```ts
 * import { chatServerRequirement, startLlamaServer } from "@spaceport/testkit/openai";
 * import { expect, test } from "vitest";
 *
 * const weights = "/models/SmolLM2-135M-Instruct.Q4_1.gguf";
 * const llama = await chatServerRequirement(["llama"], weights);
 * test.skipIf(llama.skip)("the server has a list of models", async () => {
 *   await using server = await startLlamaServer({ weights });
 *   const headers = { authorization: `Bearer ${server.apiKey}` };
 *   expect((await fetch(`${server.baseUrl}/models`, { headers })).status).toBe(200);
 * });
 * ```
 *
 * @param servers - those that the tests need
 * @param weights - the path of the GGUF file that they serve
 * @throws Error when the run was asked for them and they cannot be started
 */
export async function chatServerRequirement(servers: readonly ChatServerName[], weights: string): Promise<Requirement> {
	const faults: string[] = [];
	const isFile = await stat(weights).then(
		(found) => found.isFile(),
		() => false,
	);
	if (!isFile) faults.push("The model's weights are not in the cache folder (98 MB).");
	const missing: ChatServerName[] = [];
	for (const server of servers) if (!(await isEnvironmentReady(chatServerPins(server)))) missing.push(server);
	if (missing.length > 0) {
		if ((await findPython()) === undefined) faults.push(missingPython(missing.map((server) => chatServerPins(server).title).join(" and ")));
		// Else they are made when the first server is started.
		else if (!isRequired("model")) faults.push(`The environments for ${missing.join(" and ")} are not in the cache (100 and 600 MB).`);
	}
	const hint = "To make them: npm run setup:model, or run the tests with SPACEPORT_REQUIRE=model.";
	return requirement("model", faults.length === 0, [...faults, hint].join(" "));
}
