import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Spaceport's folder in the user's cache: `$XDG_CACHE_HOME/spaceport`, else `~/.cache/spaceport`. */
export function cacheFolder(): string {
	const base = process.env.XDG_CACHE_HOME;
	// The XDG specification says to ignore a relative path.
	return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), ".cache"), "spaceport");
}
