import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type SpaceEmulator, startSpaceEmulator } from "../src/emulator/index.ts";
import { type GradioServer, gradioRequirement, gradioVersions, startGradioServer } from "../src/gradio/index.ts";
import { emulatedToolbox } from "./support/emulated-toolbox.ts";
import { withoutChance } from "./support/wire-client.ts";

const auth = { user: "ada lovelace", password: "p:ä w" };
const json = { "content-type": "application/json" };
const meta = { _type: "gradio.FileData" };

/** A text without addresses, folders, ids and what pydantic adds to its problems. */
function plain(text: string): string {
	// "url" is what pydantic adds to its problems, and is left out.
	return withoutChance(
		text
			.replaceAll('"url":"http://127.0.0.1', '"address":"http://127.0.0.1')
			.replace(/(?:\/srv\/gradio|\/tmp\/(?:gradio|spaceport-gradio-[\w-]+\/files))\/[0-9a-f]+/g, "<folder>"),
	)
		.replace(/http:\/\/127\.0\.0\.1:\d+/g, "<address>")
		.replace(/"app_id":\d+/g, '"app_id":<id>')
		.replace(/access-token(-unsecure)?-[\w=-]+=(?:<id>|[\w"-]+)/g, "access-token$1-<id>=<token>")
		.replace(/"token":"[\w-]+"/g, '"token":null');
}

describe.each(gradioVersions)("the emulator and an app on Gradio %s", { timeout: 120_000 }, async (version) => {
	const gradio = await gradioRequirement([version]);
	if (gradio.skip) return test.skip("serve alike");
	const prefix = /^[56]/.test(version) ? "/gradio_api" : "";

	let real: GradioServer;
	let emulator: SpaceEmulator;
	const cookies = new Map<string, string>();

	beforeAll(async () => {
		real = await startGradioServer({ version, app: "toolbox", auth, env: { TWIN_API_OPEN: "1" } });
		emulator = await startSpaceEmulator({ version, functions: emulatedToolbox, auth });
		for (const { baseUrl } of [real, emulator]) {
			const response = await fetch(`${baseUrl}/login`, { method: "POST", body: credentials(auth) });
			cookies.set(baseUrl, response.headers.getSetCookie()[1]?.split(";")[0] ?? "");
		}
	}, 120_000);
	afterAll(async () => {
		await real?.stop();
		await emulator?.stop();
	});

	function credentials({ user, password }: typeof auth): URLSearchParams {
		return new URLSearchParams({ username: user, password });
	}

	/** Sends one request to both; what came of it, emulated and real. */
	async function both(path: string, init: RequestInit = {}, options: { readonly anonymous?: boolean } = {}): Promise<[unknown, unknown]> {
		const ask = async ({ baseUrl }: { readonly baseUrl: string }): Promise<unknown> => {
			const cookie = options.anonymous === true ? {} : { cookie: cookies.get(baseUrl) ?? "" };
			const response = await fetch(baseUrl + path, { redirect: "manual", ...init, headers: { ...cookie, ...(init.headers as object) } });
			const type = response.headers.get("content-type");
			return {
				status: response.status,
				type: type?.replace(/; charset.*/, ""),
				disposition: response.headers.get("content-disposition"),
				cookies: response.headers.getSetCookie().map((each) => plain(each).replace(/expires=[^;]*/, "expires")),
				body: type?.includes("html") ? "<page>" : plain(await response.text()),
			};
		};
		return [await ask(emulator), await ask(real)];
	}

	async function alike(...request: Parameters<typeof both>): Promise<void> {
		const [ours, theirs] = await both(...request);
		expect([request[0], ours]).toEqual([request[0], theirs]);
	}

	const post = (body: unknown): RequestInit => ({ method: "POST", headers: json, body: JSON.stringify(body) });
	function form(files: readonly (readonly [name: string, content: string])[], field = "files"): RequestInit {
		const body = new FormData();
		for (const [name, content] of files) body.append(field, new Blob([content], { type: "text/plain" }), name);
		return { method: "POST", body };
	}

	test("ask for a login in the same places", async () => {
		for (const path of [
			"/",
			"/config",
			`${prefix}/info`,
			`${prefix}/app_id`,
			`${prefix}/login_check`,
			`${prefix}/token`,
			`${prefix}/file=/etc/passwd`,
		]) {
			await alike(path, {}, { anonymous: true });
		}
		await alike(`${prefix}/run/unqueued`, post({ data: ["x"] }), { anonymous: true });
		await alike(`${prefix}/upload`, form([["a.txt", "a"]]), { anonymous: true });
		await alike(`${prefix}/reset`, post({ event_id: "x", session_hash: "x", fn_index: 0 }), { anonymous: true });
		if (version !== "3.50.2") {
			const join = post({ data: ["x"], fn_index: 0, session_hash: "x" });
			await alike(`${prefix}/queue/join`, join, { anonymous: true });
		}
	});

	test("log in alike", async () => {
		const login = (fields: Readonly<Record<string, string>>): RequestInit => ({ method: "POST", body: new URLSearchParams(fields) });
		await alike("/login", login({ username: auth.user, password: auth.password }));
		await alike("/login/", login({ username: ` ${auth.user} `, password: auth.password }));
		await alike("/login", login({ username: auth.user, password: "no" }));
		await alike("/gradio_api/login", login({ username: auth.user, password: auth.password }));
		const body = new FormData();
		body.append("username", auth.user);
		body.append("password", auth.password);
		await alike("/login", { method: "POST", body });
		await alike(`${prefix}/login_check`);
		await alike(`${prefix}/run/whoami`, post({ data: ["x"] }));
	});

	test("take and give files alike", async () => {
		await alike(`${prefix}/upload`, form([["a b é.txt", "one"]]));
		await alike(
			`${prefix}/upload`,
			form([
				["a.txt", "one"],
				["../x/b, &#.txt", "two"],
			]),
		);
		await alike(`${prefix}/upload`, form([["a.txt", "one"]], "file"));
		await alike(`${prefix}/upload`, { method: "POST", headers: json, body: "{}" });
		const uploaded = new Map<string, string>();
		for (const { baseUrl } of [real, emulator]) {
			const headers = { cookie: cookies.get(baseUrl) ?? "" };
			const response = await fetch(`${baseUrl}${prefix}/upload`, { ...form([["hé llo.txt", "hello"]]), headers });
			const [path = ""] = (await response.json()) as string[];
			uploaded.set(baseUrl, path);
		}
		const each = async (make: (path: string) => readonly [path: string, init?: RequestInit]): Promise<void> => {
			const answers = [];
			for (const { baseUrl } of [emulator, real]) {
				const [path, init = {}] = make(uploaded.get(baseUrl) ?? "");
				const headers = { cookie: cookies.get(baseUrl) ?? "", ...(init.headers as object) };
				const response = await fetch(baseUrl + path, { redirect: "manual", ...init, headers });
				const disposition = response.headers.get("content-disposition");
				answers.push({ status: response.status, disposition, body: plain(await response.text()) });
			}
			const [path, init] = make("<path>");
			expect([path, init?.body, answers[0]]).toEqual([path, init?.body, answers[1]]);
		};
		await each((path) => [`${prefix}/file=${encodeURI(path)}`]);
		await each((path) => [`${prefix}/file/${encodeURI(path)}`]);
		await each((path) => [`${prefix}/file=${encodeURI(path)}x`]);
		await each(() => [`${prefix}/file=/etc/passwd`]);
		await each(() => [`${prefix}/file=https://example.com/x.png`]);
		await each((path) => [`${prefix}/file=${encodeURI(path)}`, { method: "HEAD" }]);
		const data = `data:text/plain;base64,${Buffer.from("hello").toString("base64")}`;
		const inputs: ((path: string) => unknown)[] = [
			(path) => ({ path, meta }),
			(path) => ({ path }),
			(path) => ({ path, orig_name: "b.txt", size: 5, mime_type: "text/plain", is_stream: false, meta }),
			(path) => path,
			() => data,
			() => ({ name: "hello.txt", data }),
			(path) => ({ name: path, data: null, is_file: true }),
			(path) => ({ url: path }),
			() => null,
		];
		for (const input of inputs) await each((path) => [`${prefix}/run/describe_file`, post({ data: [input(path)] })]);
		for (const input of inputs.slice(0, -1))
			await each((path) => [`${prefix}/run/describe_files`, post({ data: [[input(path), input(path)]] })]);
		await each(() => [`${prefix}/run/describe_files`, post({ data: [null] })]);
		await alike(`${prefix}/run/document`, post({ data: ["é"] }));
	});

	test("describe their functions alike", async () => {
		const [ours, theirs] = await Promise.all(
			[emulator, real].map(async ({ baseUrl }) => {
				const headers = { cookie: cookies.get(baseUrl) ?? "" };
				const info = (await (await fetch(`${baseUrl}${prefix}/info`, { headers })).json()) as Record<string, Record<string, unknown>>;
				const known = Object.entries(info.named_endpoints ?? {}).filter(([name]) => name.slice(1) in emulatedToolbox);
				// Schemas are cut down, and examples left out.
				const cut = JSON.stringify({ ...Object.fromEntries(known) }, (key, value: unknown) =>
					["type", "python_type", "example_input", "serializer", "code_snippets"].includes(key) ? undefined : value,
				);
				return { unnamed: info.unnamed_endpoints, known: JSON.parse(cut) as unknown };
			}),
		);
		expect(ours).toEqual(theirs);
	});

	test("keep a state in the session, and lose it with a restart", async () => {
		for (const expected of ["1", "2"]) {
			const [ours, theirs] = await both(`${prefix}/run/count`, post({ data: [null], session_hash: "mine" }));
			expect(ours).toMatchObject({ status: 200, body: expect.stringContaining(`["${expected}",null]`) });
			expect((theirs as { body: string }).body).toContain(`["${expected}",null]`);
		}
		const old = new Map(cookies);
		const port = real.port;
		real = await real.restart();
		await emulator.restart();
		expect(real.port).toBe(port);
		await alike("/config");
		for (const { baseUrl } of [real, emulator]) {
			const response = await fetch(`${baseUrl}/login`, { method: "POST", body: credentials(auth) });
			cookies.set(baseUrl, response.headers.getSetCookie()[1]?.split(";")[0] ?? "");
			expect(cookies.get(baseUrl)?.split("=")[0]).not.toBe(old.get(baseUrl)?.split("=")[0]);
		}
		const [ours, theirs] = await both(`${prefix}/run/count`, post({ data: [null], session_hash: "mine" }));
		for (const { body } of [ours, theirs] as { body: string }[]) expect(body).toContain('["1",null]');
	});

	test("end a login alike", async () => {
		const [ours, theirs] = await both("/logout");
		const strip = (value: unknown): unknown => ({ ...(value as object), type: null, body: null });
		expect(strip(ours)).toEqual(strip(theirs));
		await alike(`${prefix}/login_check`);
	});
});
