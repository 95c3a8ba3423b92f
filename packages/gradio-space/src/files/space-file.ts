/** A file of a Space: one among its outputs, or one that was uploaded. Given as an input, it is passed on as what it is, and not uploaded again. */
export interface SpaceFile {
	/** Its path on the server. */
	readonly path?: string;
	/** Where it can be had: absolute, on the address that the Space was given with; at another host where the app keeps it there; or a data URL. */
	readonly url: string;
	/** Its name, without a path: it can be written under it. */
	readonly name?: string;
	/** Media type such as `image/png`. */
	readonly mediaType?: string;
	/** In bytes. */
	readonly size?: number;
}

/** What stands for a file in a caller's inputs. */
export type InputFile = Blob | SpaceFile;

const members = new Set(["path", "url", "name", "mediaType", "size", "description"]);

/**
 * Whether a value is a `SpaceFile`. What Gradio itself calls one, such as `{ path, meta }`, is plain JSON, and goes to the server as it is.
 *
 * @param value - anything
 */
export function isSpaceFile(value: unknown): value is SpaceFile {
	if (typeof value !== "object" || value === null) return false;
	if (made.has(value)) return true;
	const { path, url } = value as { path?: unknown; url?: unknown };
	// One that went through JSON.
	return typeof path === "string" && typeof url === "string" && Object.keys(value).every((key) => members.has(key));
}

const made = new WeakSet<object>();

/** Marks a file as one, so that it is known also where it has no path. */
export function asSpaceFile(file: SpaceFile): SpaceFile {
	made.add(file);
	return file;
}

/** Whether a file was made here: its address is right then. What came through JSON, or from a Chatbot's message, may have the server's own idea of it. */
export function isMadeHere(file: object): boolean {
	return made.has(file);
}

/** Whether a value is a file in a caller's inputs. */
export function isInputFile(value: unknown): value is InputFile {
	return isBlob(value) || isSpaceFile(value);
}

/** A `File` is one, too. */
export function isBlob(value: unknown): value is Blob {
	return typeof Blob !== "undefined" && value instanceof Blob;
}

/**
 * Whether there is a file anywhere in some inputs. It is asked at each call, so it costs no more than a walk over them.
 *
 * @param value - inputs, or a part of them
 * @param above - what it stands in: a circle ends there
 */
export function holdsFile(value: unknown, above: unknown[] = []): boolean {
	if (typeof value !== "object" || value === null) return false;
	const isList = Array.isArray(value);
	// Most of what is walked over is plain data: it is told apart by what costs least.
	if (!isList && "url" in value && isSpaceFile(value)) return true;
	if (!isList && Object.getPrototypeOf(value) !== Object.prototype && isBlob(value)) return true;
	if (above.includes(value)) return false;
	above.push(value);
	let found = false;
	if (isList) found = value.some((part) => holdsFile(part, above));
	else for (const key in value) found ||= holdsFile((value as Readonly<Record<string, unknown>>)[key], above);
	above.pop();
	return found;
}
