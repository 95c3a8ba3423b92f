import { type ComponentLike, componentOf } from "./component.ts";
import type { FileStore, StoredFile } from "./file-store.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { VersionProfile } from "./version-profile.ts";

/** What a function tells of a file that it gives. */
export interface FileOptions {
	/** @default "file.bin" */
	readonly name?: string;
	/** @default from the name */
	readonly mediaType?: string;
	/**
	 * The component that shows it: Gradio 3 sends the pictures of an Image as data URLs.
	 * @default "file"
	 */
	readonly as?: "file" | "image";
}

/** Values of files in the forms of a version. */
export class FileForms {
	readonly #profile: VersionProfile;
	readonly #store: FileStore;
	readonly #root: string;

	/** @param root the address of the app, as the server thinks */
	constructor(profile: VersionProfile, store: FileStore, root: string) {
		this.#profile = profile;
		this.#store = store;
		this.#root = root;
	}

	/** A file that a function made, among its outputs. */
	output(bytes: Uint8Array, { name = "file.bin", mediaType, as = "file" }: FileOptions): unknown {
		const file = this.#store.add(name, bytes);
		const size = as === "file" ? bytes.length : null;
		switch (this.#profile.fileForm) {
			case "name":
				if (as === "image") return dataUrl(bytes, mediaType ?? mediaTypeOf(name));
				return { orig_name: name, name: file.path, size, data: null, is_file: true };
			case "path":
				return { path: file.path, url: null, size, orig_name: name, mime_type: mediaType ?? null };
			case "url":
				return {
					path: file.path,
					url: this.#urlOf(file),
					size,
					orig_name: name,
					mime_type: mediaType ?? null,
					is_stream: false,
					...(this.#profile.tellsFileMeta && { meta: { _type: "gradio.FileData" } }),
				};
		}
	}

	/** Whether a component takes a value as its input; a function whose component does not fails without a word. */
	accepts(component: ComponentLike, value: unknown): boolean {
		const { type, fileCount } = componentOf(component);
		if (value === null) return true;
		if (type === "file" && fileCount === "multiple") return Array.isArray(value) && value.every((each) => this.#acceptsOne(type, each));
		if (type === "file" || type === "image" || type === "audio") return this.#acceptsOne(type, value);
		if (type !== "multimodaltextbox") return true;
		return isRecord(value) && Array.isArray(value.files) && value.files.every((each) => this.#acceptsOne("file", each));
	}

	/** The bytes of a value that a component took. */
	read(value: unknown): Uint8Array | undefined {
		if (typeof value === "string") return fromDataUrl(value);
		if (!isRecord(value)) return undefined;
		const path = value.path ?? value.name;
		const stored = typeof path === "string" ? this.#store.get(path)?.bytes : undefined;
		return stored ?? fromDataUrl(value.data) ?? fromDataUrl(value.url);
	}

	#acceptsOne(type: string, value: unknown): boolean {
		const { fileForm, fileMeta } = this.#profile;
		if (fileForm === "name" && type === "image") return fromDataUrl(value) !== undefined;
		if (!isRecord(value)) return false;
		if (fileForm === "name") {
			if (typeof value.name !== "string") return false;
			return value.is_file === true ? this.#store.get(value.name) !== undefined : fromDataUrl(value.data) !== undefined;
		}
		if (type === "image" && fromDataUrl(value.url) !== undefined) return this.#profile.prefix !== "";
		if (typeof value.path !== "string" || this.#store.get(value.path) === undefined) return false;
		return fileMeta === "ignored" || type === "image" || (isRecord(value.meta) && value.meta._type === "gradio.FileData");
	}

	#urlOf({ path }: StoredFile): string {
		const { prefix, encodedFileUrls } = this.#profile;
		return `${this.#root}${prefix}/file=${encodedFileUrls ? path.split("/").map(encodeURIComponent).join("/") : path}`;
	}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function dataUrl(bytes: Uint8Array, mediaType: string): string {
	return `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}`;
}

function fromDataUrl(value: unknown): Uint8Array | undefined {
	const text = typeof value === "string" ? /^data:[^,]*;base64,([\w+/=]*)$/.exec(value)?.[1] : undefined;
	return text === undefined ? undefined : Buffer.from(text, "base64");
}
