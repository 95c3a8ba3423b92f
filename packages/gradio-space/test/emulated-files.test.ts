import { currentRuntime } from "@spaceport/testkit";
import { type EmulatedFunction, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { gradioVersions } from "@spaceport/testkit/gradio";
import { afterEach, describe, expect, test, vi } from "vitest";

import { createSpace, type Space, type SpaceFile, type UploadProgress } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { onlyWhere } from "./support/only-where.ts";

const user = "ada";
const password = "l0velace!";
const auth = [user, password] as const;

/** Gives the bytes of a file back as a file, and their number. */
const copy: EmulatedFunction = {
	inputs: ["file"],
	outputs: ["file", "number"],
	run: ([file], context) => {
		const bytes = context.read(file);
		return bytes === undefined ? [null, -1] : [context.file(bytes, { name: "copy.bin" }), bytes.length];
	},
};
const whoami: EmulatedFunction = { inputs: [], outputs: ["textbox"], run: (_, context) => [context.user ?? "nobody"] };
const functions = { copy, whoami };

async function last(space: Space, api: string, data: readonly unknown[]): Promise<readonly unknown[]> {
	const event = (await collect(space.submit(api, data))).at(-1);
	return event?.type === "value" ? event.data : [];
}

afterEach(() => {
	vi.unstubAllGlobals();
});

const { name, webSocketHeaders } = currentRuntime();
const noEmulator = "the emulator's logins and files need a Node, or what takes its place";

describe.each(gradioVersions)("an emulated Gradio %s", (version) => {
	onlyWhere(name === "node" || name === "deno" || name === "bun", noEmulator);
	onlyWhere(webSocketHeaders || !version.startsWith("3."), "its WebSocket sends no cookies: there it is unsupported, which is tested");

	test("logs in, once for all, and once more after a restart", async () => {
		await using server = await startSpaceEmulator({ version, functions, auth: { user, password } });
		const space = createSpace(server.baseUrl, { auth });
		const logins = (): number => server.requests.filter(({ path }) => path === "/login").length;
		const answers = await Promise.all(Array.from({ length: 8 }, () => last(space, "/whoami", [])));
		expect(answers).toEqual(Array.from({ length: 8 }, () => [user]));
		expect(logins()).toBe(1);
		await server.restart();
		expect(await last(space, "/whoami", [])).toEqual([user]);
		expect(logins()).toBe(2);
		expect(await failure(createSpace(server.baseUrl, { auth: [user, "wr0ng"] }).submit("/whoami", []))).toMatchObject({
			code: "authentication",
		});
		expect(await failure(createSpace(server.baseUrl).submit("/whoami", []))).toMatchObject({ code: "authentication" });
	});

	test("takes files and gives them, with a login and a wrong idea of its own address", async () => {
		const root = "https://wrong.example/elsewhere";
		await using server = await startSpaceEmulator({ version, functions, auth: { user, password }, root });
		const space = createSpace(server.baseUrl, { auth });
		const bytes = crypto.getRandomValues(new Uint8Array(60_000));
		const uploaded = await space.upload(new Blob([bytes]).stream(), { name: "a.bin" });
		for (const input of [new Blob([bytes]), uploaded]) {
			const output = await last(space, "/copy", [input]);
			expect(output[1]).toBe(bytes.length);
			const [file] = space.files(output) as [SpaceFile];
			expect(file.url.startsWith(`${server.baseUrl}/`)).toBe(true);
			expect(await (await space.download(file)).bytes()).toEqual(bytes);
			expect((await last(space, "/copy", [file]))[1]).toBe(bytes.length);
		}
		await server.restart();
		await expect(space.download(uploaded)).rejects.toMatchObject({ code: "invalid-request", path: "file" });
	});
});

describe("uploads to an emulated Gradio", () => {
	onlyWhere(name === "node" || name === "deno" || name === "bun", noEmulator);

	test("a file that is too large for it", async () => {
		await using server = await startSpaceEmulator({ functions, maxFileSize: 1000 });
		const space = createSpace(server.baseUrl);
		await expect(space.upload(new Uint8Array(1001))).rejects.toMatchObject({ code: "unsupported", capability: "request-size" });
		expect((await space.upload(new Uint8Array(1000))).size).toBe(1000);
	});

	test.each(["3.50.2", "4.44.1", "5.50.0"] as const)(
		"from a browser, whose progress the server tells where it can (Gradio %s)",
		async (version) => {
			await using server = await startSpaceEmulator({ version, functions });
			vi.stubGlobal(
				"Request",
				class extends Request {
					constructor(input: string | URL | Request, init?: RequestInit) {
						super(input, init);
						this.headers.delete("cookie");
					}
				},
			);
			const told: UploadProgress[] = [];
			const size = 3_000_000;
			const space = createSpace(server.baseUrl);
			expect(await space.upload(new Blob([new Uint8Array(size)]), { onProgress: (progress) => told.push(progress) })).toMatchObject({
				size,
			});
			expect(told[0]).toEqual({ sentBytes: 0, totalBytes: size });
			expect(told.at(-1)).toEqual({ sentBytes: size, totalBytes: size });
			expect(server.requests.some(({ path }) => path.endsWith("/upload_progress"))).toBe(true);
			await server.waitFor(({ stats }) => stats().openStreams === 0);
		},
	);
});
