import { createHash } from "node:crypto";

import type { VersionProfile } from "./version-profile.ts";

/** A file that the Space has, and gives to who asks for its path. */
export interface StoredFile {
	readonly path: string;
	readonly name: string;
	readonly bytes: Uint8Array;
}

/** How many bytes of files are kept; the oldest are forgotten. */
const keptBytes = 64 * 1024 * 1024;

/** Where a Space keeps them, by its own account. */
export const fileFolder = "/srv/gradio";

/** The files of a Space: uploaded, or made by its functions. They are in memory, and their paths are no paths of this machine. */
export class FileStore {
	readonly #files = new Map<string, StoredFile>();
	readonly #cleanName: (name: string) => string;
	#size = 0;

	/** @param cleanName what the version makes of a file's name */
	constructor(cleanName: (name: string) => string) {
		this.#cleanName = cleanName;
	}

	/** Keeps a file; the same bytes under the same name are the same file. */
	add(name: string, bytes: Uint8Array): StoredFile {
		const hash = createHash("sha256").update(bytes).digest("hex");
		const clean = this.#cleanName(name.replace(/^.*[/\\]/s, ""));
		const path = `${fileFolder}/${hash}/${clean}`;
		const known = this.#files.get(path);
		if (known !== undefined) return known;
		const file = { path, name: clean, bytes };
		this.#files.set(path, file);
		this.#size += bytes.length;
		for (const [oldest, { bytes: old }] of this.#files) {
			if (this.#size <= keptBytes || oldest === path) break;
			this.#files.delete(oldest);
			this.#size -= old.length;
		}
		return file;
	}

	get(path: string): StoredFile | undefined {
		return this.#files.get(path);
	}
}

/** What a version makes of the name of a file, which stays short, too. */
export function cleanFileName({ fileNames }: VersionProfile, name: string): string {
	return [...name.replace(dropped[fileNames], "")].slice(0, 200).join("");
}

const dropped: Readonly<Record<VersionProfile["fileNames"], RegExp>> = {
	plain: /[^\p{L}\p{N}._\- ]/gu,
	commas: /[^\p{L}\p{N}._\-, ]/gu,
	all: /[\p{Cc}<>:"/\\|?*`$!{}]/gu,
};
