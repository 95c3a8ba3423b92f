/**
 * A browser as far as the page needs one: `node page-process.ts <page.js> <address of the Space> [questions as JSON]`. It prints what each answer was and which
 * files were loaded, as JSON.
 */
import { registerHooks } from "node:module";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

import type { Ask } from "./page.ts";

const [page = "", space = "", questions = "[]"] = process.argv.slice(2);
const hub = "https://huggingface.co/";
const host = "https://qwen-qwen2-72b-instruct.hf.space";
const loaded: string[] = [];

registerHooks({
	load(url, context, next) {
		const result = next(url, context);
		if (url.startsWith("file:") && url !== import.meta.url) loaded.push(basename(new URL(url).pathname));
		return result;
	},
});

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
	const url = input instanceof Request ? input.url : String(input);
	if (url.startsWith(hub)) return Response.json({ subdomain: "qwen-qwen2-72b-instruct", host });
	if (!url.startsWith(`${host}/`)) throw new Error(`The page asked ${url}.`);
	const here = space + url.slice(host.length);
	const { body, status, headers } = await fetch(input instanceof Request ? new Request(here, input) : here, init);
	// A new one does not tell the address that answered.
	return new Response(body, { status, headers });
};

await import(pathToFileURL(page).href);
const { ask } = globalThis as unknown as { readonly ask: Ask };
const messages: { role: "user" | "assistant"; content: string }[] = [];
const answers: unknown[] = [];
for (const content of JSON.parse(questions) as string[]) {
	messages.push({ role: "user", content });
	let answer = "";
	try {
		await ask(messages, (text) => {
			answer += text;
		});
		messages.push({ role: "assistant", content: answer });
		answers.push(answer);
	} catch (error) {
		messages.pop();
		const { code, phase, message } = error as { readonly code?: string; readonly phase?: string; readonly message?: string };
		answers.push({ code, phase, message });
	}
}
process.stdout.write(JSON.stringify({ answers, loaded }));
