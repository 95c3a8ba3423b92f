import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { test } from "vitest";

const sources = fileURLToPath(new URL("../src", import.meta.url));

// All is loaded before the first test, so that what runs while a module loads is no test's.
for (const file of globSync("**/*.ts", { cwd: sources })) if (!file.endsWith(".browser.ts")) await import(`${sources}/${file}`);

test("the worker is warm", () => {});
