import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("it bundles for the browser: no Node built-in, and not the model on this machine", async () => {
	const { metafile } = await build({
		entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
		bundle: true,
		splitting: true,
		outdir: "none",
		format: "esm",
		platform: "browser",
		conditions: ["@spaceport/source"],
		metafile: true,
		write: false,
		logLevel: "silent",
	});
	const imports = Object.values(metafile.inputs).flatMap(({ imports: list }) => list);
	expect(imports.filter(({ external }) => external).map(({ path }) => path)).toEqual([]);
	expect(Object.keys(metafile.inputs).filter((path) => path.includes("provider-local"))).toEqual([]);
	expect(Object.keys(metafile.inputs).filter((path) => path.includes("free-chat/src/platform"))).toEqual([
		expect.stringContaining("platform.browser.ts"),
	]);
});
