#!/usr/bin/env node
import { Console } from "node:console";
import process from "node:process";
import { main } from "./main.ts";

// Standard output is the answer's: what a configuration or a provider prints on the console goes to stderr.
globalThis.console = new Console(process.stderr);

await main(process);
