import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The file that a page names; all others are loaded by it, or never. */
export const entryFile = "page.js";

/**
 * Bundles the page as Vite does: for browsers, minified, with a file of its own for what is loaded later.
 *
 * @param folder - where the files go
 * @returns the names of the files
 */
export async function bundlePage(folder: string): Promise<readonly string[]> {
	const bundle = await rolldown({
		input: fileURLToPath(new URL("page.ts", import.meta.url)),
		platform: "browser",
		preserveEntrySignatures: false,
		resolve: { conditionNames: ["@spaceport/source", "browser", "import", "default"] },
	});
	const { output } = await bundle.write({
		dir: folder,
		format: "esm",
		minify: true,
		entryFileNames: entryFile,
		chunkFileNames: "[name].js",
		comments: { legal: false },
	});
	await bundle.close();
	return output.map(({ fileName }) => fileName);
}
