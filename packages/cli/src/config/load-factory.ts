import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AsyncGeneratorProvider } from "@spaceport/core";
import { type ConfigFile, configError } from "./config-error.ts";

/** Makes a provider out of its options. */
export type ProviderFactory = (options?: Record<string, unknown>) => AsyncGeneratorProvider | Promise<AsyncGeneratorProvider>;

/**
 * Loads the factory of a provider.
 *
 * @param use - a package, or a path
 * @param file - the configuration that names it
 * @param path - the place in it
 * @throws InvalidRequestError where there is no such module, it cannot be run, or its default export is no function
 */
export async function loadFactory(use: string, file: ConfigFile, path: string): Promise<ProviderFactory> {
	const module = await run(use, file, path);
	const factory = isFactory(module.default) ? module.default : (module.default as { default?: unknown } | undefined)?.default;
	if (isFactory(factory)) return factory;
	const found = module.default === undefined ? "has no default export" : `has ${describe(module.default)} as its default export`;
	throw configError(file, path, `names "${use}", which ${found}.`, {
		hint: "The default export of a provider's module is its factory: a function that takes options and returns the provider.",
	});
}

async function run(use: string, file: ConfigFile, path: string): Promise<Record<string, unknown>> {
	const isPath = /^\.{0,2}\//.test(use) || isAbsolute(use) || use.startsWith("file:");
	const location = isPath ? findFile(use, file, path) : await findPackage(use, file, path);
	try {
		if (!isPath) return (await import(location)) as Record<string, unknown>;
		const { readModule } = await import("./read-module.ts");
		return await readModule(location);
	} catch (error) {
		throw configError(file, path, `names "${use}", which cannot be run: ${error instanceof Error ? error.message : String(error)}`, {
			cause: error,
		});
	}
}

function findFile(use: string, file: ConfigFile, path: string): string {
	const found = use.startsWith("file:") ? fileURLToPath(use) : resolve(dirname(file.path), use);
	if (existsSync(found)) return found;
	throw configError(file, path, `names "${use}", and there is no file ${found}.`);
}

/** Looks a package up from the configuration, then among the packages that come with the command. */
async function findPackage(use: string, file: ConfigFile, path: string): Promise<string> {
	try {
		return pathToFileURL(createRequire(file.path).resolve(use)).href;
	} catch (error) {
		// A package that exports nothing to `require` is found in the way of `import`.
		if ((error as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED") {
			const { createJiti } = await import("jiti");
			const found = createJiti(file.path).esmResolve(use, { try: true });
			if (found !== undefined) return found;
		}
		try {
			return import.meta.resolve(use);
		} catch {
			throw configError(file, path, `names "${use}", and there is no such package here.`, {
				cause: error,
				hint: `Install it beside the configuration, npm install ${use}, or give a path that begins with "./".`,
			});
		}
	}
}

function isFactory(value: unknown): value is ProviderFactory {
	return typeof value === "function";
}

function describe(value: unknown): string {
	return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
