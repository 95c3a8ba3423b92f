/**
 * Puts the page's files where size-limit looks for them: `first` are those that are loaded until two answers are complete, `all` are all that there are.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startSpaceEmulator } from "@spaceport/testkit/emulator";

import { bundlePage } from "./bundle-page.ts";
import { runPage } from "./run-page.ts";

const folder = ".size";
const all = join(folder, "all");
const first = join(folder, "first");
rmSync(folder, { recursive: true, force: true });
mkdirSync(first, { recursive: true });
await bundlePage(all);
await using space = await startSpaceEmulator();
const { answers, loaded } = await runPage(all, space.baseUrl, ["Hello there.", "And again?"]);
if (!answers.every((answer) => typeof answer === "string" && answer !== "")) throw new Error(`No answer: ${JSON.stringify(answers)}`);
for (const file of loaded) copyFileSync(join(all, file), join(first, file));
