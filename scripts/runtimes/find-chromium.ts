import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where browsers that are a Chromium stand, if nobody says it. */
const usualPlaces: Readonly<Record<string, readonly string[]>> = {
	darwin: ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"],
	win32: ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].map((name) =>
		join(process.env[name] ?? "C:\\", "Google", "Chrome", "Application", "chrome.exe"),
	),
};
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** How to get one. */
export const howToGetChromium =
	"Install Chromium or Chrome (on Debian: apt-get install chromium), or name it with SPACEPORT_CHROMIUM=/path/to/chromium.";

/**
 * The path of a Chromium: the one that `SPACEPORT_CHROMIUM` or `CHROME_PATH` names, else one on the PATH or in the usual places.
 *
 * @throws Error where the one that is named does not exist
 */
export function findChromium(): string | undefined {
	for (const variable of ["SPACEPORT_CHROMIUM", "CHROME_PATH"]) {
		const named = process.env[variable];
		if (named === undefined || named === "") continue;
		if (!existsSync(named)) throw new Error(`${variable} names ${named}, which does not exist.`);
		return named;
	}
	const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
	return [...onPath, ...(usualPlaces[process.platform] ?? [])].find((path) => existsSync(path));
}

// As a program: says where it is, and fails where there is none.
if (import.meta.main) {
	const found = findChromium();
	process.stdout.write(`${found ?? `No Chromium. ${howToGetChromium}`}\n`);
	process.exitCode = found === undefined ? 1 : 0;
}
