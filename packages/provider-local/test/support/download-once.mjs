// Finds weights in a process of its own: `download-once.mjs '{"cacheDir":…,"hubUrl":…,"model":…}'`, and prints the path.
import { completeOptions } from "../../src/options.ts";
import { findWeights } from "../../src/weights/find-weights.ts";

const options = completeOptions(JSON.parse(process.argv[2]));
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const context = { deadlines: { connectMs: 5000, idleMs: 5000 }, logger: silent, signal: new AbortController().signal, report() {} };
process.stdout.write(await findWeights(options, context));
