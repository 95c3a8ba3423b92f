import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { type EmulatedFunction, type SpaceEmulator, startSpaceEmulator } from "../src/emulator/index.ts";
import { type GradioVersion, gradioVersions } from "../src/gradio/index.ts";
import { AppClient } from "./support/app-client.ts";
import { ask } from "./support/wire-client.ts";

const auth = { user: "ada", password: "love:läce" };

const prefixOf = (version: GradioVersion): string => (/^[56]/.test(version) ? "/gradio_api" : "");
const text = async (response: Response): Promise<string> => response.text();

function logIn({ baseUrl }: SpaceEmulator, fields: Readonly<Record<string, string>>): Promise<Response> {
	return fetch(`${baseUrl}/login`, { method: "POST", body: new URLSearchParams(fields) });
}

function cookieOf(response: Response, nth: 0 | 1): string {
	return response.headers.getSetCookie()[nth]?.split(";")[0] ?? "";
}

function upload(space: SpaceEmulator, files: readonly (readonly [name: string, content: string])[], query = ""): Promise<Response> {
	const form = new FormData();
	for (const [name, content] of files) form.append("files", new Blob([content]), name);
	return fetch(`${space.baseUrl}${prefixOf(space.version)}/upload${query}`, { method: "POST", body: form });
}

const functions: Readonly<Record<string, EmulatedFunction>> = {
	describe: {
		inputs: [{ type: "file", name: "document" }, "image"],
		outputs: ["textbox"],
		run: ([file, image], { read }) => [JSON.stringify([file, image].map((each) => Buffer.from(read(each) ?? []).toString()))],
	},
	draw: {
		inputs: [{ type: "slider", name: "seed", label: "Seed", value: 7 }, { type: "dropdown", choices: ["a", "b"] }, "state"],
		outputs: ["image", "file", "state"],
		run: ([seed], { file }) => [
			file(`picture ${seed}`, { name: "a b.png", as: "image" }),
			file(`text ${seed}`, { name: "é&#.txt" }),
			"kept",
		],
	},
	whoami: { inputs: [], outputs: ["textbox"], run: (_, { user }) => [user ?? "nobody"], queue: false },
	hidden: { inputs: ["textbox"], outputs: ["textbox"], run: ([said]) => [said], visibility: "private" },
	quiet: { inputs: ["textbox"], outputs: ["textbox"], run: ([said]) => [said], visibility: "undocumented" },
};

describe.each(gradioVersions)("an emulated app of Gradio %s", (version) => {
	const prefix = prefixOf(version);

	test("asks for a login, and gives two cookies, each of which will do", async () => {
		await using space = await startSpaceEmulator({ version, functions, auth });
		const detail = /^(5\.50|6)/.test(version) ? { error: "Not authenticated", auth_message: null } : "Not authenticated";
		for (const path of ["/config", `${prefix}/info`, `${prefix}/file=/srv/x`, `${prefix}/login_check`]) {
			const refused = await fetch(space.baseUrl + path);
			expect([path, refused.status, await refused.json()]).toEqual([path, 401, { detail }]);
		}
		expect((await upload(space, [["a.txt", "a"]])).status).toBe(401);
		expect((await ask(`${space.baseUrl}${prefix}/run/whoami`, { body: { data: [] } })).status).toBe(401);
		for (const path of ["/", `${prefix}/app_id`]) expect((await fetch(space.baseUrl + path)).status).toBe(200);

		expect((await logIn(space, { username: "ada", password: "no" })).status).toBe(400);
		expect((await logIn(space, { username: "ada" })).status).toBe(422);
		const welcome = await logIn(space, { username: " ada ", password: auth.password });
		expect([welcome.status, await welcome.json()]).toEqual([200, { success: true }]);
		for (const nth of [0, 1] as const) {
			const headers = { cookie: cookieOf(welcome, nth) };
			expect((await fetch(`${space.baseUrl}/config`, { headers })).status).toBe(200);
			const run = await ask(`${space.baseUrl}${prefix}/run/whoami`, { body: { data: [] }, headers });
			expect(JSON.parse(run.chunks.join(""))).toMatchObject({ data: ["ada"] });
		}
		expect((await fetch(`${space.baseUrl}/config`, { headers: { cookie: `${cookieOf(welcome, 1)}x` } })).status).toBe(401);
		expect((await fetch(`${space.baseUrl}/config`, { headers: { authorization: "Basic YWRhOnNlY3JldA==" } })).status).toBe(401);
	});

	test("takes files, and gives them to its functions and back", async () => {
		await using space = await startSpaceEmulator({ version, functions, maxFileSize: 2000 });
		const client = await AppClient.connect(space);
		const uploaded = await upload(space, [
			["../é b.txt", "first"],
			["b.png", "second"],
		]);
		const [first, second] = (await uploaded.json()) as [string, string];
		expect(first).toBe(`/srv/gradio/${createHash("sha256").update("first").digest("hex")}/é b.txt`);
		expect(await text(await fetch(client.url(`/file=${encodeURI(first)}`)))).toBe("first");
		const meta = { _type: "gradio.FileData" };
		const old = version === "3.50.2";
		const file = old ? { name: first, is_file: true, data: null } : { path: first, meta };
		const image = old ? `data:image/png;base64,${Buffer.from("second").toString("base64")}` : { path: second };
		expect((await client.call("describe", [file, image])).data).toEqual(['["first","second"]']);
		expect((await client.call("describe", [null, null])).data).toEqual(['["",""]']);
		expect((await client.call("describe", ["a path", null])).output).toMatchObject({ error: null });
		const bare = (await client.call("describe", [old ? { path: first } : { path: first }, null])).data;
		expect(bare === undefined).toBe(old || /^(5\.50|6)/.test(version));
		expect((await client.call("describe", [{ path: "/etc/passwd", meta }, null])).data).toBeUndefined();

		const limited = ["4.29.0", "4.44.1", "5.0.2", "5.50.0", "6.31.0"].includes(version);
		const large = await upload(space, [["a.txt", "x".repeat(2001)]]);
		expect([large.status, await text(large)].slice(0, limited ? 2 : 1)).toEqual(
			limited ? [413, "File size exceeded maximum allowed size of 2000 bytes."] : [200],
		);
		expect((await fetch(client.url("/file=/etc/passwd"))).status).toBe(403);
		expect((await fetch(client.url("/upload"), { method: "POST", body: "{}" })).status).toBe(old ? 422 : 400);
	});

	test("gives files that can be downloaded", async () => {
		await using space = await startSpaceEmulator({ version, functions });
		const client = await AppClient.connect(space);
		const [image, file, state] = (await client.call("draw", [3, "a", null])).data as [unknown, Record<string, unknown>, unknown];
		expect(state).toBeNull();
		const content = async (path: unknown): Promise<string> =>
			text(await fetch(client.url(`/file=${String(path).split("/").map(encodeURIComponent).join("/")}`)));
		expect(await content(file.path ?? file.name)).toBe("text 3");
		expect(file).toMatchObject({ orig_name: "é&#.txt", size: 6 });
		if (version === "3.50.2") expect(image).toBe(`data:image/png;base64,${Buffer.from("picture 3").toString("base64")}`);
		else expect(await content((image as { path: string }).path)).toBe("picture 3");
		if (typeof file.url === "string") expect(await text(await fetch(file.url))).toBe("text 3");
		const untold = version === "3.50.2" ? "undefined" : "object";
		expect(typeof file.url).toBe(["3.50.2", "4.0.2", "4.16.0"].includes(version) ? untold : "string");
	});

	test("tells what its functions take, and hides what their authors hide", async () => {
		await using space = await startSpaceEmulator({ version, functions });
		const info = (await (await fetch(`${space.baseUrl}${prefix}/info`)).json()) as {
			named_endpoints: Record<string, { parameters: object[] }>;
		};
		const shown = ["/describe", "/draw", "/whoami"];
		expect(Object.keys(info.named_endpoints)).toEqual(/^(3|4\.0)/.test(version) ? [...shown, "/quiet"] : shown);
		const named = ["4.29.0", "4.44.1", "5.0.2", "5.50.0", "6.31.0"].includes(version);
		const draw = info.named_endpoints["/draw"]?.parameters;
		expect(draw).toHaveLength(2);
		expect(draw?.[0]).toMatchObject({
			label: "Seed",
			component: "Slider",
			...(named && { parameter_name: "seed", parameter_has_default: true, parameter_default: 7 }),
		});
		expect("parameter_name" in (draw?.[0] ?? {})).toBe(named);
	});

	test("is another app after a restart, whose id a JSON parser does not tell from the one before", async () => {
		await using space = await startSpaceEmulator({ version, functions, auth });
		const cookie = cookieOf(await logIn(space, { username: "ada", password: auth.password }), 1);
		const idOf = async (): Promise<string> => text(await fetch(`${space.baseUrl}${prefix}/app_id`));
		const before = await idOf();
		expect(before).toBe(`{"app_id":${space.appId}}`);
		const beats =
			/^(3|4\.[012]|4\.1)/.test(version) && version !== "4.29.0" ? undefined : await fetch(`${space.baseUrl}${prefix}/heartbeat/x`);
		await space.restart({ functions: { other: { inputs: [], outputs: [], run: () => [] } } });
		await expect(beats?.text() ?? Promise.reject(new TypeError("terminated"))).rejects.toThrow("terminated");
		const after = await idOf();
		expect(after).not.toBe(before);
		expect(JSON.parse(after)).toEqual(JSON.parse(before));
		expect((await fetch(`${space.baseUrl}/config`, { headers: { cookie } })).status).toBe(401);
		const again = cookieOf(await logIn(space, { username: "ada", password: auth.password }), 1);
		expect(again.split("=")[0]).not.toBe(cookie.split("=")[0]);
		const config = await text(await fetch(`${space.baseUrl}/config`, { headers: { cookie: again } }));
		expect(config).toContain(`"app_id":${space.appId}`);
		expect(config).toContain('"api_name":"other"');
		expect(config).not.toContain('"api_name":"draw"');
	});
});

test("an app writes the address into files that it takes for its own", async () => {
	await using space = await startSpaceEmulator({ version: "6.31.0", functions, root: "http://10.0.0.1:7860" });
	const client = await AppClient.connect(space);
	const [, file] = (await client.call("draw", [3, "a", null])).data as { url: string; path: string }[];
	expect(file?.url).toBe(`http://10.0.0.1:7860/gradio_api/file=${file?.path.split("/").map(encodeURIComponent).join("/")}`);
	expect(file?.url).toContain("%C3%A9%26%23.txt");
});

test("an upload is told as it comes, and waited for", async () => {
	await using space = await startSpaceEmulator({ version: "5.50.0", functions });
	const progress = fetch(`${space.baseUrl}/gradio_api/upload_progress?upload_id=mine`).then(text);
	await space.waitFor(({ stats }) => stats().openRequests === 1);
	expect((await upload(space, [["a.txt", "x".repeat(100_000)]], "?upload_id=mine")).status).toBe(200);
	const events = (await progress).trim().split("\n\n");
	expect(events[0]).toMatch(/^data: \{"msg": "update", "orig_name": "a.txt", "chunk_size": \d+\}$/);
	expect(events.at(-1)).toBe('data: {"msg": "done"}');
});

test("a logout ends all logins of the user", async () => {
	await using space = await startSpaceEmulator({ version: "5.50.0", auth });
	const cookies = await Promise.all([1, 2].map(async () => cookieOf(await logIn(space, { username: "ada", password: auth.password }), 1)));
	const left = await fetch(`${space.baseUrl}/logout`, { headers: { cookie: cookies[0] ?? "" }, redirect: "manual" });
	expect(left.status).toBe(302);
	for (const cookie of cookies) expect((await fetch(`${space.baseUrl}/config`, { headers: { cookie } })).status).toBe(401);
});

test("faults strike the new requests as well", async () => {
	await using space = await startSpaceEmulator({
		version: "5.50.0",
		functions,
		faults: [
			{ kind: "status", at: "upload", status: 503, times: 1 },
			{ kind: "cut", at: "file-body", times: 1 },
			{ kind: "html-page", at: "info", times: 1 },
			{ kind: "status", at: "login", status: 500, times: 1 },
		],
	});
	expect((await upload(space, [["a.txt", "a"]])).status).toBe(503);
	const [path] = (await (await upload(space, [["a.txt", "0123456789"]])).json()) as string[];
	const file = `${space.baseUrl}/gradio_api/file=${path}`;
	await expect(fetch(file).then(text)).rejects.toThrow();
	expect(await text(await fetch(file))).toBe("0123456789");
	expect((await fetch(`${space.baseUrl}/gradio_api/info`)).headers.get("content-type")).toContain("html");
	expect((await logIn(space, { username: "a", password: "b" })).status).toBe(500);
});
