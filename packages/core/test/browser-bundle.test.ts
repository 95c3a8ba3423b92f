import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("core bundles for the browser: no Node built-in, no HTTP", async () => {
	const { outputFiles, metafile } = await build({
		entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
		bundle: true,
		format: "esm",
		platform: "browser",
		minify: true,
		metafile: true,
		write: false,
		logLevel: "silent",
	});
	const imports = Object.values(metafile.inputs).flatMap(({ imports: list }) => list);
	expect(imports.filter(({ external }) => external)).toEqual([]);
	const [bundle] = outputFiles;
	expect(bundle?.text).not.toMatch(/\bfetch\(|XMLHttpRequest|\brequire\(/);
	expect(bundle?.text.length).toBeGreaterThan(10_000);
});
