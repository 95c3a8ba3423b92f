import { requireFrom } from "./install.ts";
import type { BundleHost } from "./run-bundles.ts";

/** What is used of playwright-core. */
interface Page {
	goto(url: string): Promise<unknown>;
	on(event: "crash" | "close" | "pageerror", listener: (value: unknown) => void): void;
	close(): Promise<void>;
}
interface Browser {
	version(): string;
	newPage(): Promise<Page>;
	close(): Promise<void>;
}
interface Playwright {
	readonly chromium: { launch(options: object): Promise<Browser> };
}

/** Chromium, with each test file a page of its own. */
export function chromiumHost(modules: string, executablePath: string): BundleHost {
	return {
		host: "page",
		modules,
		async open(_, tunnelUrl) {
			const { chromium } = requireFrom(modules, "playwright-core") as Playwright;
			const browser = await chromium.launch({
				executablePath,
				args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--js-flags=--expose-gc"],
			});
			return {
				version: browser.version(),
				async start(file) {
					const page = await browser.newPage();
					const broken = new Promise<never>((_resolve, reject) => {
						page.on("crash", () => reject(new Error("the page crashed")));
					});
					broken.catch(() => undefined);
					await page.goto(`${tunnelUrl}/${file}`);
					return { broken, close: () => page.close() };
				},
				[Symbol.asyncDispose]: () => browser.close(),
			};
		},
	};
}
