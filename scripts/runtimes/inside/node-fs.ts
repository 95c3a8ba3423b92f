/** Stands in for `node:fs/promises`: it reads files of the workspace, through the tunnel. */
import { Buffer } from "./globals.ts";
import { ask } from "./tunnel.ts";

export async function readFile(path: string | URL, encoding?: string): Promise<unknown> {
	const name = path instanceof URL ? decodeURIComponent(path.pathname) : path;
	const bytes = Buffer.from(String(await ask((reply) => ({ do: "read-file", path: name, reply }))), "base64");
	return encoding === undefined ? bytes : bytes.toString("utf8");
}

export async function readdir(path: string): Promise<string[]> {
	return (await ask((reply) => ({ do: "read-folder", path, reply }))) as string[];
}
