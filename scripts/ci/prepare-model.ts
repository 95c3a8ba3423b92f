/** Fetches the local model's weights, if they are not in the cache yet, by asking the model one question. */

import { createSpaceport } from "../../packages/core/src/index.ts";
import { createLocal } from "../../packages/provider-local/src/index.ts";

const spaceport = createSpaceport({ providers: [createLocal()], timeouts: { lastFirstChunkMs: 15 * 60_000, totalMs: 15 * 60_000 } });
const { text, model } = await spaceport.complete({ messages: "Say hello.", maxTokens: 8 });
if (text.trim() === "") throw new Error(`${model} answered nothing`);
process.stderr.write(`${model} is there, and says: ${text.trim()}\n`);
