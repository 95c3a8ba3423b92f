/**
 * Makes the virtual environments of real servers that speak chat completions: `node packages/testkit/src/openai/prepare.ts`.
 * Exit code: 0 all are there, 1 one could not be made.
 */
import { isEnvironmentReady, prepareEnvironment } from "../machine/python-environment.ts";
import { chatServerPins, chatServers } from "./servers.ts";

for (const name of chatServers) {
	const pins = chatServerPins(name);
	const startedAt = performance.now();
	if (await isEnvironmentReady(pins)) {
		say(`${name}: is there`);
		continue;
	}
	say(`${name}: making its environment`);
	try {
		const { folder } = await prepareEnvironment(pins);
		say(`${name}: ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s, in ${folder}`);
	} catch (error) {
		process.exitCode = 1;
		say(error instanceof Error ? error.message : String(error));
	}
}

function say(line: string): void {
	process.stderr.write(`${line}\n`);
}
