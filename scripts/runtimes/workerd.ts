import { join } from "node:path";
import { requireFrom } from "./install.ts";
import { root } from "./root.ts";
import type { BundleHost } from "./run-bundles.ts";

/** What is used of miniflare. */
export interface Miniflare {
	readonly ready: Promise<URL>;
	dispatchFetch(url: string): Promise<{ json(): Promise<unknown> }>;
	getWorker(name: string): Promise<{
		fetch(url: string, init: { headers: Record<string, string> }): Promise<{ readonly status: number; text(): Promise<string> }>;
	}>;
	dispose(): Promise<void>;
}

/** As `require` gives it. */
export interface MiniflareModule {
	readonly Miniflare: new (options: object) => Miniflare;
	readonly Log: new (level: number) => object;
}

/** workerd, with each test file a worker of its own, by miniflare. */
export function workerdHost(modules: string): BundleHost {
	return {
		host: "worker",
		modules,
		async open(bundles, tunnelUrl) {
			const { Miniflare, Log } = requireFrom(modules, "miniflare") as MiniflareModule;
			const { version } = requireFrom(modules, "workerd/package.json") as { readonly version: string };
			const names = new Map([...bundles.keys()].map((file, index) => [file, `test-${index}`]));
			const miniflare = new Miniflare({
				cf: false,
				log: new Log(0),
				workers: [...bundles].map(([file, text]) => ({
					name: names.get(file),
					// No nodejs_compat: what is tested is the runtime without Node's modules.
					compatibilityDate: "2026-04-01",
					modulesRoot: root,
					modules: [{ type: "ESModule", path: join(root, `${names.get(file)}.mjs`), contents: text }],
				})),
			});
			await miniflare.ready;
			return {
				version,
				async start(file) {
					const worker = await miniflare.getWorker(names.get(file) ?? "");
					const running = worker.fetch("http://worker/", { headers: { "x-tunnel": `${tunnelUrl}/tunnel` } });
					const broken = running.then(async (response) => {
						const text = await response.text();
						// What the test file came to has been told before its request ends.
						if (response.status === 200) return new Promise<never>(() => {});
						throw new Error(`the worker answers ${response.status}: ${text.slice(0, 2000)}`);
					});
					broken.catch(() => undefined);
					return { broken, close: async () => {} };
				},
				[Symbol.asyncDispose]: () => miniflare.dispose(),
			};
		},
	};
}
