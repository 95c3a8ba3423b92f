import * as core from "@spaceport/core";
import * as local from "@spaceport/provider-local";
import * as openai from "@spaceport/provider-openai";
import * as qwen from "@spaceport/provider-qwen-2-72b";
import { createJiti } from "jiti";
import * as spaceport from "../index.ts";

/**
 * Runs a module of the user's, in TypeScript or JavaScript, on every Node that Spaceport runs on. The module may import `spaceport`, `@spaceport/core` and the
 * built-in providers also where they are not installed beside it.
 *
 * @param path - the file
 * @returns what the module exports
 */
export async function readModule(path: string): Promise<Record<string, unknown>> {
	const jiti = createJiti(path, {
		fsCache: false,
		moduleCache: false,
		interopDefault: false,
		virtualModules: {
			spaceport,
			"@spaceport/core": core,
			"@spaceport/provider-local": local,
			"@spaceport/provider-openai": openai,
			"@spaceport/provider-qwen-2-72b": qwen,
		},
	});
	return await jiti.import<Record<string, unknown>>(path);
}
