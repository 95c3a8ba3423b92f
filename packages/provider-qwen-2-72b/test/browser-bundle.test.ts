import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("the provider bundles for the browser with core and gradio-space: nothing of Node's is left", async () => {
	const { outputFiles, metafile } = await build({
		entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
		bundle: true,
		format: "esm",
		platform: "browser",
		conditions: ["@spaceport/source"],
		minify: true,
		metafile: true,
		write: false,
		logLevel: "silent",
	});
	const inputs = Object.keys(metafile.inputs);
	expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external))).toEqual([]);
	for (const part of ["core/src/errors/", "gradio-space/src/create-space.ts", "/ky/", "/eventsource-parser/"]) {
		expect(
			inputs.some((input) => input.includes(part)),
			part,
		).toBe(true);
	}
	expect(outputFiles[0]?.text).not.toMatch(/\brequire\(|from"node:/);
});
