import { createSpaceport } from "../../../packages/core/src/index.ts";
import { createSpace, type Space } from "../../../packages/gradio-space/src/index.ts";
import { createQwen2_72b } from "../../../packages/provider-qwen-2-72b/src/index.ts";

/** As a worker has it that makes them once, for all of its requests. */
const spaces = new Map<string, Space>();
const spaceports = new Map<string, ReturnType<typeof createSpaceport>>();

function kept<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
	const value = map.get(key) ?? make();
	map.set(key, value);
	return value;
}

async function answer(request: Request): Promise<unknown> {
	const { pathname, searchParams } = new URL(request.url);
	const base = searchParams.get("base") ?? "";
	const question = searchParams.get("question") ?? "";
	const space = kept(spaces, base, () => createSpace(base, { connectMs: 5_000 }));
	if (pathname === "/begin") {
		// The request ends while its call waits for the config.
		space
			.submit("/text_stream", [question])
			.next()
			.catch(() => {});
		return new Promise((resolve) => setTimeout(resolve, 100));
	}
	if (pathname === "/complete") {
		const spaceport = kept(spaceports, base, () => createSpaceport({ providers: [createQwen2_72b({ baseUrl: base })] }));
		return (await spaceport.complete({ messages: question })).text;
	}
	const token = searchParams.get("token");
	const asked = token === null ? space : createSpace(base, { token });
	let last: unknown;
	for await (const event of asked.submit("/text_stream", [question])) if (event.type === "value") last = event.data[0];
	return last;
}

export default {
	async fetch(request: Request): Promise<Response> {
		try {
			return Response.json({ answer: await answer(request) });
		} catch (error) {
			return Response.json({ error: String(error), code: (error as { readonly code?: unknown }).code });
		}
	},
};
