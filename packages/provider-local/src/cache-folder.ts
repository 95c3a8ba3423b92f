import { homedir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder for downloaded weights where none is given: in the user's cache folder, by the custom of the system. */
export function cacheFolder(): string {
	const xdg = process.env.XDG_CACHE_HOME;
	const caches =
		xdg !== undefined && isAbsolute(xdg) ? xdg : process.platform === "darwin" ? join(home(), "Library", "Caches") : join(home(), ".cache");
	return join(caches, "spaceport", "models");
}

/** The user's folder. An empty or relative HOME would put the weights wherever the program happens to be started: then the system is asked. */
function home(): string {
	const found = homedir();
	return isAbsolute(found) ? found : userInfo().homedir;
}
