import { isAbsolute, resolve } from "node:path";

import { gradioFile } from "./versions.ts";

/** The apps of this package, each in a file of its own in `gradio/apps`, the twin in `gradio/twin.py`. What they offer stands at the heads of their files. */
export const gradioApps = ["twin", "toolbox", "recipe", "contract", "chat-interface", "blocks-chat", "image"] as const;

/** One of {@link gradioApps}, or the path of a Python file of your own whose app is called `demo`. */
export type GradioApp = (typeof gradioApps)[number] | (string & {});

/**
 * What Python is called with to serve an app.
 *
 * @throws Error where it is neither a name nor a path of a Python file
 */
export function gradioAppArguments(app: GradioApp): string[] {
	// It has a queue of its own.
	if (app === "twin") return [gradioFile("twin.py")];
	if (gradioApps.some((known) => known === app)) return [gradioFile("serve.py"), gradioFile(`apps/${app}.py`)];
	if (app.endsWith(".py")) return [gradioFile("serve.py"), isAbsolute(app) ? app : resolve(app)];
	throw new Error(`There is no app ${JSON.stringify(app)}. There are: ${gradioApps.join(", ")}; or give the path of a .py file.`);
}
