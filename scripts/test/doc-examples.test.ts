import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { checkDocExamples } from "../check-doc-examples.ts";
import { fencedBlocks, findDocExamples } from "../find-doc-examples.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const examples = findDocExamples(root);
const broken = fencedBlocks(
	"broken.md",
	'```ts\nimport { createSpaceport } from "@spaceport/core";\n\ncreateSpaceport({ providers: 3 });\n```\n',
);
const complaints = await checkDocExamples(root, [...examples.filter((example) => example.skipped === undefined), ...broken]);

describe("the examples of the READMEs, the guides and the doc comments", () => {
	test("are found", () => {
		expect(examples.some(({ file }) => file === "README.md")).toBe(true);
	});

	test("are checked by a compiler that sees the packages' types", () => {
		expect(complaints.get(broken[0])).toEqual([expect.stringContaining("broken.md:4: error TS2322")]);
	});

	test("leave no complaint that belongs to none of them", () => {
		expect(complaints.get(undefined) ?? []).toEqual([]);
	});

	test.for(examples.map((example) => [`${example.file}:${example.line}`, example] as const))("%s", ([, example]) => {
		if (example.skipped === undefined) expect(complaints.get(example) ?? []).toEqual([]);
		else expect(example.skipped, "a no-check block says why").not.toBe("");
	});
});
