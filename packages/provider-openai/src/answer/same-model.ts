/** A date of a snapshot, a number of a version, or a word that stands for the newest one: `-2024-08-06`, `-0613`, `-001`, `@20250101`, `-latest`. */
const snapshot = /[-@_](?:latest|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{3,8})$/;

/** Ids that leave it to the server which model answers. */
const anyModel = /(?:^|[/:_-])(?:auto|default|router|free)(?:$|[/:_-])/;

/**
 * Whether an answer is of the model that was asked for. Paths, organisations, dated snapshots and tags that only one of the two has make no difference.
 *
 * @param asked - the id that was sent
 * @param answered - the answer's `model`
 */
export function isSameModel(asked: string, answered: string): boolean {
	if (asked === answered || answered === "" || asked === "") return true;
	const one = partsOf(asked);
	const other = partsOf(answered);
	if (one.name === other.name) return one.tag === "" || other.tag === "" || one.tag === other.tag;
	const mine = withoutSnapshot(one.name);
	const theirs = withoutSnapshot(other.name);
	// Two snapshots of one model are two models.
	if (mine === theirs) return mine === one.name || theirs === other.name || /latest$/.test(one.name);
	return anyModel.test(asked.toLowerCase());
}

function partsOf(id: string): { readonly name: string; readonly tag: string } {
	const last = id.toLowerCase().trim().split(/[/\\]/).at(-1) as string;
	const [name = "", tag = ""] = last.replace(/\.gguf$/, "").split(":");
	return { name, tag: tag === "latest" || tag === "free" ? "" : tag };
}

function withoutSnapshot(name: string): string {
	const shorter = name.replace(snapshot, "");
	return shorter === name || shorter === "" ? name : shorter;
}
