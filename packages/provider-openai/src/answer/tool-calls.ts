import type { Chunk } from "@spaceport/core";
import { asFields, asList, asText, parseJson } from "@spaceport/http";

/** Puts the calls of tools together out of their pieces. */
export interface ToolCalls {
	/** Takes the `tool_calls` of a delta or a message. */
	take(calls: unknown, chunks: Chunk[]): void;
	/** Takes the `function_call` of old. */
	takeLegacy(call: unknown, chunks: Chunk[]): void;
	/**
	 * The answer is over: gives the calls.
	 *
	 * @param isWhole - whether it came to an end of its own: a call whose arguments were cut is none
	 * @returns what is wrong with those that are left out
	 */
	end(isWhole: boolean, chunks: Chunk[]): readonly string[];
	/** How many there are so far. */
	count(): number;
}

interface Call {
	/** Where it stands, as the server says. */
	readonly index: unknown;
	id: string;
	name: string;
	arguments: string;
	/** Whether what has come of it was told. */
	isTold: boolean;
}

/**
 * Makes what puts the calls of one answer together. Pieces of a call belong together by their index; where a server has none, or the same one for several calls, by
 * their ids and names. Nothing is told of a call before it has an id; one that never gets one is given one at the end.
 */
export function createToolCalls(): ToolCalls {
	const calls: Call[] = [];

	function find(index: unknown, id: string, name: string, piece: string): Call | undefined {
		const byId = id === "" ? undefined : calls.find((call) => call.id === id);
		if (byId !== undefined) return index !== byId.index && isAnother(byId, name, piece) ? undefined : byId;
		const last = calls.at(-1);
		if (index === undefined || index === null) {
			// A name begins a call, unless that of the last one has not come.
			return id !== "" && last?.id !== "" ? undefined : name !== "" && last !== undefined && last.name !== "" ? undefined : last;
		}
		const same = calls.findLast((call) => call.index === index);
		if (same === undefined || name === "") return same;
		const isDone = same.name !== "" && name !== same.name && parseJson(same.arguments) !== undefined;
		// Another call under the same index.
		return isDone || isAnother(same, name, piece) || (id !== "" && same.id !== "") ? undefined : same;
	}

	function add(index: unknown, id: string, given: unknown, chunks: Chunk[]): void {
		const definition = asFields(given);
		const name = asText(definition?.name) ?? "";
		const piece = argumentsOf(definition?.arguments);
		let call = find(index, id, name, piece);
		if (call === undefined) {
			if (id === "" && name === "" && piece === "") return;
			call = { index, id: "", name: "", arguments: "", isTold: false };
			calls.push(call);
		}
		// Two calls under one id could not be answered.
		if (call.id === "" && id !== "") call.id = calls.some((other) => other.id === id) ? createCallId() : id;
		// Some servers say it again with each piece, and others say it in pieces.
		if (name !== call.name && call.arguments === "") call.name += name;
		call.arguments += piece;
		tell(call, piece, chunks);
	}

	/** Tells of a call: of all that it has so far where nothing was told yet, else of its new piece. */
	function tell(call: Call, piece: string, chunks: Chunk[]): void {
		if (call.id === "" || call.name === "" || (call.isTold && piece === "")) return;
		chunks.push(
			call.isTold
				? { type: "tool-call-delta", id: call.id, argumentsDelta: piece }
				: { type: "tool-call-delta", id: call.id, name: call.name, argumentsDelta: call.arguments },
		);
		call.isTold = true;
	}

	return {
		take(given, chunks) {
			for (const one of asList(given) ?? []) {
				const call = asFields(one);
				if (call !== undefined) add(call.index, asText(call.id) ?? "", call.function ?? call, chunks);
			}
		},
		takeLegacy(given, chunks) {
			if (asFields(given) !== undefined) add("function_call", "", given, chunks);
		},
		end(isWhole, chunks) {
			const faults: string[] = [];
			for (const call of calls) {
				const written = call.arguments.trim() === "" ? "{}" : call.arguments.toWellFormed();
				if (call.name === "") faults.push("A call of a tool has no name, and was left out.");
				else if (!isWhole && parseJson(written) === undefined) faults.push(`The call of "${call.name}" was cut, and was left out.`);
				else {
					if (call.id === "") call.id = createCallId();
					tell(call, "", chunks);
					chunks.push({ type: "tool-call", id: call.id, name: call.name, arguments: written });
				}
			}
			return faults;
		},
		count: () => calls.length,
	};
}

/** Whether a piece begins another call: with a name and arguments of its own, after those of the call are whole. */
function isAnother(call: Call, name: string, piece: string): boolean {
	return name !== "" && piece.trimStart().startsWith("{") && asFields(parseJson(call.arguments)) !== undefined;
}

/** An id for a call that has none. */
export function createCallId(): string {
	return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

/** Text, or what others write as an object. */
function argumentsOf(given: unknown): string {
	if (typeof given === "string") return given;
	return given === undefined || given === null ? "" : JSON.stringify(given);
}
