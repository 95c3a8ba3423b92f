import { fileURLToPath } from "node:url";
import { type OutputAsset, type OutputChunk, type OutputOptions, rolldown } from "rolldown";

/** The file that a page names; all others are loaded by it, or never. */
export const entryFile = "page.js";

const entry = fileURLToPath(new URL("page.ts", import.meta.url));

/**
 * Bundles the page as webpack, Rollup and Vite do: for browsers, minified, in one file what it imports, and in files of their own what is loaded later.
 *
 * @param folder - where the files go
 * @returns the names of the files
 */
export async function bundlePage(folder: string): Promise<readonly string[]> {
	const bundle = await rolldown({
		input: entry,
		platform: "browser",
		preserveEntrySignatures: false,
		resolve: { conditionNames: ["@spaceport/source", "browser", "import", "default"] },
	});
	const options: OutputOptions = {
		dir: folder,
		format: "esm",
		minify: true,
		entryFileNames: entryFile,
		chunkFileNames: "[name].js",
		comments: { legal: false },
	};
	// Rolldown by itself cuts what the page imports into pieces, by who else imports them.
	const first = firstModules((await bundle.generate(options)).output);
	const { output } = await bundle.write({ ...options, codeSplitting: { groups: [{ name: "first", test: (id) => first.has(id) }] } });
	await bundle.close();
	return output.map(({ fileName }) => fileName);
}

/** The modules in all files that the page imports, and not loads later. */
function firstModules(output: readonly (OutputChunk | OutputAsset)[]): ReadonlySet<string> {
	const chunks = new Map(output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file]] : [])));
	const files = new Set([entryFile]);
	for (const file of files) for (const imported of chunks.get(file)?.imports ?? []) files.add(imported);
	return new Set([...files].flatMap((file) => chunks.get(file)?.moduleIds ?? []));
}
