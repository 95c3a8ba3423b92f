import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { type BuildOptions, build, type Plugin } from "esbuild";

import { root } from "./root.ts";
import type { Selection } from "./test-files.ts";

const here = dirname(fileURLToPath(import.meta.url));
const inside = (name: string): string => join(here, "inside", name);

/** Packages that do what Node's modules of that name do; they are among the runtimes' own. */
const standInPackages: Readonly<Record<string, string>> = { "node:events": "events/", "node:buffer": "buffer/" };
/** What stands in for others, in test files and in the testkit. */
const standIns: Readonly<Record<string, string>> = {
	"node:assert/strict": inside("node-assert.ts"),
	"node:crypto": inside("node-crypto.ts"),
	"node:http": inside("node-http.ts"),
	"node:net": inside("node-net.ts"),
	"node:url": inside("node-url.ts"),
	"node:util": inside("node-util.ts"),
	"node:path": inside("node-path.ts"),
	"node:fs/promises": inside("node-fs.ts"),
	"node:timers/promises": inside("node-timers.ts"),
	ws: inside("ws.ts"),
};
const globals = ["Buffer", "process", "setImmediate", "clearImmediate"];

/** What may import modules of Node. The packages under test, and what they depend on, may not. */
const harness = /[/\\](?:packages[/\\][\w-]+[/\\]test|packages[/\\]testkit[/\\]src|scripts[/\\]runtimes)[/\\]/;

/** How a bundle is started. */
export type Host = "page" | "worker";

/**
 * Bundles test files, each for itself with vitest's own runner, for a runtime without Node's modules.
 *
 * @param selection - which files, and which of their tests
 * @param modules - the `node_modules` folder where the stand-ins' packages are
 * @returns the text of each bundle, by the file's path
 * @throws Error where a package under test, or what it depends on, imports a module of Node
 */
export async function bundleTests({ files, testName }: Selection, host: Host, modules: string): Promise<Map<string, string>> {
	const result = await build({
		...common(host),
		entryPoints: files.map((file) => ({ in: `test-file:${file}`, out: file })),
		outdir: join(root, "bundles"),
		define: { SPACEPORT_TEST_NAME: JSON.stringify(testName) },
		plugins: [withoutNode(host, modules)],
	});
	return new Map(
		result.outputFiles.map(({ path, text }) => [relative(join(root, "bundles"), path).replaceAll("\\", "/").replace(/\.js$/, ""), text]),
	);
}

/** Bundles a worker as its author would, without any stand-in. */
export async function bundleWorker(file: string): Promise<string> {
	const { outputFiles } = await build({ ...common("worker"), entryPoints: [join(root, file)] });
	return outputFiles[0]?.text ?? "";
}

function common(host: Host) {
	return {
		bundle: true,
		write: false,
		format: "esm",
		platform: "browser",
		target: "es2024",
		conditions: ["@spaceport/source", ...(host === "worker" ? ["workerd", "worker"] : []), "browser", "import"],
		logLevel: "silent",
		absWorkingDir: root,
	} satisfies BuildOptions;
}

function withoutNode(host: Host, modules: string): Plugin {
	const resolver = createRequire(join(modules, "here.js"));
	return {
		name: "without-node",
		setup(builder) {
			builder.onResolve({ filter: /^test-file:/ }, ({ path }) => ({ path: path.slice("test-file:".length), namespace: "test-file" }));
			builder.onLoad({ filter: /.*/, namespace: "test-file" }, ({ path }) => ({
				resolveDir: root,
				loader: "ts",
				contents:
					host === "page"
						? `import { runInPage } from ${JSON.stringify(inside("in-page.ts"))};
							runInPage(${JSON.stringify(path)}, () => import(${JSON.stringify(join(root, path))}));`
						: `export default {
								async fetch(request) {
									const { runInWorker } = await import(${JSON.stringify(inside("in-worker.ts"))});
									return runInWorker(request, ${JSON.stringify(path)}, () => import(${JSON.stringify(join(root, path))}));
								},
							};`,
			}));
			builder.onResolve({ filter: /^(?:node:|ws$)/ }, ({ path, importer }) => {
				if (!harness.test(importer)) {
					return { errors: [{ text: `${relative(root, importer)} imports ${path}, which this runtime does not have` }] };
				}
				return { path, namespace: "stand-in" };
			});
			builder.onLoad({ filter: /.*/, namespace: "stand-in" }, ({ path }) => ({
				contents: standIn(path, resolver),
				loader: "js",
				resolveDir: root,
			}));
			builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
				if (!harness.test(path)) return undefined;
				const text = await readFile(path, "utf8");
				return { loader: "ts", contents: withGlobals(path, text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))) };
			});
		},
	};
}

/** Imports what a file takes from Node's globals. On its first line, so that lines keep their numbers. */
function withGlobals(path: string, text: string): string {
	if (path.startsWith(join(here, "inside"))) return text;
	const used = globals.filter((name) => new RegExp(`(?<![.\\w"'])${name}\\b(?!["':])`).test(text));
	return used.length === 0 ? text : `import { ${used.join(", ")} } from ${JSON.stringify(inside("globals.ts"))}; ${text}`;
}

/** A module with what stands in for Node's; all the rest of it says that it is not there, when it is called. */
function standIn(name: string, resolver: NodeJS.Require): string {
	const packageName = standInPackages[name];
	const file = packageName === undefined ? standIns[name] : resolver.resolve(packageName);
	return `const there = ${file === undefined ? "{}" : `require(${JSON.stringify(file)})`};
		module.exports = Object.create(new Proxy({}, { get(_, key) {
			if (key in there || typeof key === "symbol" || key === "__esModule" || key === "default" || key === "then") return there[key];
			return function () { throw new Error(${JSON.stringify(name)} + "." + key + " is not in this runtime"); };
		} }));`;
}
