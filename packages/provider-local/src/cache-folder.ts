import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder for downloaded weights where none is given: in the user's cache folder, by the custom of the system. */
export function cacheFolder(): string {
	const xdg = process.env.XDG_CACHE_HOME;
	const caches =
		xdg !== undefined && isAbsolute(xdg)
			? xdg
			: process.platform === "darwin"
				? join(homedir(), "Library", "Caches")
				: join(homedir(), ".cache");
	return join(caches, "spaceport", "models");
}
