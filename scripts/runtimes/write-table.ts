import { writeFile } from "node:fs/promises";
import { arch, cpus, platform } from "node:os";

/** Writes the page that says what a run has shown. */
export async function writeTable(path: string, text: string): Promise<void> {
	const today = new Date().toISOString().slice(0, 10);
	const page = `---
title: Runtimes
---

# Runtimes

<!-- Written by \`npm run test:runtimes -- --write\`. Do not edit: run it again. -->

The test files of \`core\`, \`http\`, \`gradio-space\`, \`provider-qwen-2-72b\` and \`provider-openai\`, which are the decoder, the clients, the chains and providers, run in each of these
runtimes. This is what a run on ${today} has shown (${platform()} ${arch()}, ${cpus().length} CPUs):

${text}

## How they are run

In Node, Deno and Bun, vitest itself runs in the runtime, and a test asks from inside of its workers which one that is. workerd and Chromium have no files, processes or
servers: there each test file is bundled with vitest's own runner, \`expect\` and \`vi\`, and runs in a worker or a page of its own. The HTTP and WebSocket servers that a test starts listen
in a Node process beside it, and their handlers are called over a tunnel; the code under test speaks to them with that runtime's own \`fetch\` and \`WebSocket\`, over real
connections, in Chromium under the rules of CORS. In these two bundles an import of a Node module by the packages under test, or by what they depend on, is an error.

Where a runtime cannot do something by its nature, the tests assert what is right there:

- A browser sends no \`cookie\`, \`origin\`, \`referer\` or \`user-agent\` header that it is given, and does not tell where a redirect leads, so none is followed.
- WebSockets, which only Gradio 3 needs, take no headers in Deno, workerd and browsers: a token is refused with \`unsupported\` there, unless the option \`webSocket\` gives sockets
  that can.

\`npm run test:runtimes\` runs them again; a runtime's name after \`--\` runs that one alone: node-22, node-24, node-26, deno, bun, workerd, chromium.
`;
	await writeFile(path, page);
}
