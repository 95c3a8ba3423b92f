// A program of its own: asks a Space, leaves midway, and must then end by itself. Arguments: the address, the question, how it leaves.
import { createQwen2_72b } from "../../src/index.ts";

const [baseUrl = "", messages = "", how = "abort"] = process.argv.slice(2);
const controller = new AbortController();
try {
	for await (const chunk of createQwen2_72b({ baseUrl }).createAsyncGenerator({ messages }, { signal: controller.signal })) {
		if (chunk.type === "queue-update" && how === "abort-in-queue") controller.abort();
		if (chunk.type !== "text-delta") continue;
		if (how === "abort") controller.abort();
		if (how === "break") break;
	}
	console.log("left");
} catch (error) {
	console.log((error as { code?: string }).code);
}
