import { InvalidRequestError } from "./errors/invalid-request-error.ts";
import type { ChatRequest } from "./message.ts";

/** A request as it was when it was asked. */
export interface GivenRequest {
	/** Of the types that it declares where it is plain; else it has to be looked at. */
	readonly request: ChatRequest;
	/** Whether it is of the kind that most are, and right: nothing but texts, roles and a model. */
	readonly isPlain: boolean;
}

/** How deep lists and objects of the request itself go: request, messages, message, parts, part. */
const deepest = 5;

/**
 * Reads what a caller asks, at once: what the caller changes later changes nothing. Instances of classes, such as bytes and URLs, are shared, and so is metadata.
 *
 * @param value - anything
 * @throws InvalidRequestError where one of its members throws
 */
export function readRequest(value: unknown): GivenRequest {
	try {
		const request = copy(value, deepest) as ChatRequest;
		return { request, isPlain: hasOnly(request, requestMembers, "messages") };
	} catch (cause) {
		throw new InvalidRequestError("The request cannot be read: one of its members throws.", { path: "request", cause });
	}
}

function copy(value: unknown, depth: number): unknown {
	if (Array.isArray(value)) return depth === 0 ? value : Array.from(value, (item) => copy(item, depth - 1));
	if (depth === 0 || !isPlainObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, name === "metadata" ? member : copy(member, depth - 1)]));
}

/** Whether it is an object that is no instance of a class, in whichever realm it was made. */
function isPlainObject(value: unknown): value is object {
	if (typeof value !== "object" || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

type Members = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === "string";
const isFilled = (value: unknown): boolean => isText(value) && value !== "";
const messageMembers: Members = {
	role: (role) => role === "user" || role === "assistant" || role === "system" || role === "tool",
	content: isText,
};
const requestMembers: Members = {
	model: isFilled,
	messages: (messages) =>
		Array.isArray(messages)
			? messages.length > 0 && messages.every((message) => hasOnly(message, messageMembers, "role", "content"))
			: isFilled(messages),
	system: isText,
};

function hasOnly(value: unknown, members: Members, ...needed: readonly string[]): boolean {
	if (!isPlainObject(value) || !needed.every((name) => Object.hasOwn(value, name))) return false;
	return Object.entries(value).every(([name, member]) => Object.hasOwn(members, name) && members[name]?.(member) === true);
}
