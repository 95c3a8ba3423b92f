import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

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
	/** What the page imports, and not what is loaded later. Rolldown itself would cut it into pieces by who else imports them. */
	const first = new Set<string>();
	const findFirst: Plugin = {
		name: "find-first",
		buildEnd() {
			const rest = [entry];
			for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
				if (first.has(id)) continue;
				first.add(id);
				rest.push(...(this.getModuleInfo(id)?.importedIds ?? []));
			}
		},
	};
	const bundle = await rolldown({
		input: entry,
		platform: "browser",
		preserveEntrySignatures: false,
		resolve: { conditionNames: ["@spaceport/source", "browser", "import", "default"] },
		plugins: [findFirst],
	});
	const { output } = await bundle.write({
		dir: folder,
		format: "esm",
		minify: true,
		entryFileNames: entryFile,
		chunkFileNames: "[name].js",
		comments: { legal: false },
		codeSplitting: { groups: [{ name: "first", test: (id) => first.has(id) }] },
	});
	await bundle.close();
	return output.map(({ fileName }) => fileName);
}
