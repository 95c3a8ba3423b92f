import { asFields, asList } from "@spaceport/http";

/**
 * The embeddings of an answer, in the order of what was sent: each as a list of numbers, or in base64 as 32-bit floats.
 *
 * @param json - the answer
 * @param count - how many there must be
 * @returns what is wrong with it, in words, where it does not have them all
 */
export function readEmbeddings(json: unknown, count: number): readonly (readonly number[] | Float32Array)[] | string {
	const data = asList(asFields(json)?.data);
	if (data === undefined) return "it has no data";
	if (data.length !== count) return `it has ${data.length} embeddings for ${count} texts`;
	const found: (readonly number[] | Float32Array)[] = new Array(count);
	for (const [place, item] of data.entries()) {
		const { index: given, embedding } = asFields(item) ?? {};
		const index = given ?? place;
		if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= count || found[index] !== undefined) {
			return `its embeddings have the index ${JSON.stringify(index)} where none belongs`;
		}
		const vector = readVector(embedding);
		if (vector === undefined) return `the embedding at index ${index} is no list of numbers`;
		found[index] = vector;
	}
	const [first] = found;
	return found.every(({ length }) => length === first?.length) ? found : "its embeddings are not of one length";
}

function readVector(embedding: unknown): readonly number[] | Float32Array | undefined {
	if (typeof embedding === "string") return decode(embedding);
	const list = asList(embedding);
	// Some servers give one for each token, or one in a list of its own: only the latter is one of the text.
	if (list?.length === 1 && Array.isArray(list[0])) return readVector(list[0]);
	if (list === undefined || list.length === 0) return undefined;
	return list.every((one) => typeof one === "number" && Number.isFinite(one)) ? (list as readonly number[]) : undefined;
}

function decode(base64: string): Float32Array | undefined {
	let binary: string;
	try {
		binary = atob(base64);
	} catch {
		return undefined;
	}
	if (binary.length === 0 || binary.length % 4 !== 0) return undefined;
	const view = new DataView(new ArrayBuffer(binary.length));
	for (let at = 0; at < binary.length; at += 1) view.setUint8(at, binary.charCodeAt(at));
	const vector = new Float32Array(binary.length / 4);
	for (let at = 0; at < vector.length; at += 1) vector[at] = view.getFloat32(at * 4, true);
	return vector.every(Number.isFinite) ? vector : undefined;
}
