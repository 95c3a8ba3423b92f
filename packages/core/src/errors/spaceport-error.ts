import { withoutUndefined } from "../chain/without-undefined.ts";
import { redact } from "./redact.ts";

/** What an error is about. Each code has a class of its own. */
export type SpaceportErrorCode =
	| "invalid-request"
	| "no-such-provider"
	| "no-such-model"
	| "unsupported"
	| "authentication"
	| "rate-limited"
	| "quota-exceeded"
	| "limiter-full"
	| "queue-full"
	| "space-unavailable"
	| "space-contract"
	| "local-unavailable"
	| "network"
	| "timeout"
	| "protocol"
	| "generation"
	| "context-length"
	| "content-filtered"
	| "stream-interrupted"
	| "provider-failed"
	| "aborted"
	| "chain-exhausted";

/** What every error can be made with. */
export interface SpaceportErrorOptions {
	/** What led to it. */
	readonly cause?: unknown;
	/** What the user can do. */
	readonly hint?: string | undefined;
	/** Name of the provider it comes from. The chain fills it in where the provider does not. */
	readonly provider?: string | undefined;
	/** The attempt's number, from 1. The chain fills it in. */
	readonly attempt?: number | undefined;
}

const brand = Symbol.for("spaceport.error");

/**
 * The base of every error that Spaceport throws: it says what happened (`message`), of what kind (`code`), where (`provider`, `attempt`),
 * why (`cause`) and what can be done (`hint`). Secrets in its texts are replaced by `[redacted]` when it is made.
 */
export abstract class SpaceportError<Options extends SpaceportErrorOptions = SpaceportErrorOptions> extends Error {
	abstract readonly code: SpaceportErrorCode;
	declare readonly hint?: string;
	declare provider?: string;
	declare attempt?: number;

	/**
	 * @param message - what happened
	 * @param options - the error's own fields, and what every error can have. Those that are undefined are left out
	 */
	constructor(message: string, ...[options]: SpaceportErrorOptions extends Options ? [options?: Options] : [options: Options]) {
		const { cause, hint, ...fields }: SpaceportErrorOptions = options ?? {};
		super(redact(message), options !== undefined && "cause" in options ? { cause: withoutSecrets(cause) } : undefined);
		Object.defineProperty(this, brand, { value: true });
		Object.assign(this, withoutUndefined({ ...fields, hint: hint && redact(hint) }));
	}

	/** A plain object for logs and wires: every field that is set, the cause in short, no secrets, no stack. */
	toJSON(): Record<string, unknown> {
		return errorToPlain(this, 0);
	}
}

/** Whether a value is an error of Spaceport's, also one made by another copy of this package. */
export function hasErrorBrand(value: unknown): value is SpaceportError {
	return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

const deepest = 6;

/** A cause whose words have secrets in them, as one that has not: what looks through causes, loggers say, shows all of their words. */
function withoutSecrets(cause: unknown, depth: number = deepest): unknown {
	// With a message that is no text, even reading the stack can throw.
	if (!(cause instanceof Error) || typeof cause.message !== "string" || hasErrorBrand(cause) || depth === 0) return cause;
	const { name, message, stack, cause: deeper } = cause;
	const words = redact(message);
	const trace = redact(stack ?? "");
	const clean = withoutSecrets(deeper, depth - 1);
	if (words === message && trace === (stack ?? "") && clean === deeper) return cause;
	const { code } = cause as { readonly code?: unknown };
	return Object.assign(new Error(words, { cause: clean }), { name, stack: trace }, withoutUndefined({ code }));
}

/** Names of members that hold secrets, whatever these look like. */
const secretName =
	/^(?:x-)?(?:hf-)?(?:authorization|cookie|set-cookie|api[-_]?key|(?:access[-_]?|hf[-_]?|zerogpu-)?token|password|secret)$/i;

function errorToPlain(error: SpaceportError, depth: number): Record<string, unknown> {
	const json: Record<string, unknown> = { name: error.name, code: error.code, message: redact(String(error.message)) };
	if (depth >= deepest) return json;
	for (const [key, value] of Object.entries(error)) {
		if (!(key in json) && key !== "cause" && value !== undefined) json[key] = toPlain(value, depth);
	}
	if (error.cause !== undefined) json.cause = describeCause(error.cause, depth);
	return json;
}

function toPlain(value: unknown, depth: number): unknown {
	if (typeof value === "string") return redact(value);
	if (typeof value === "bigint") return String(value);
	if (typeof value !== "object" || value === null) return typeof value === "function" ? undefined : value;
	if (depth >= deepest) return "[…]";
	if (value instanceof Error) return describeCause(value, depth + 1);
	if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [
			key,
			typeof item === "string" && secretName.test(key) ? "[redacted]" : toPlain(item, depth + 1),
		]),
	);
}

function describeCause(cause: unknown, depth: number): unknown {
	if (hasErrorBrand(cause)) return errorToPlain(cause, depth + 1);
	if (!(cause instanceof Error)) return toPlain(cause, depth);
	const plain: Record<string, unknown> = { name: cause.name, message: redact(cause.message) };
	const { code } = cause as { code?: unknown };
	if (typeof code === "string" || typeof code === "number") plain.code = code;
	if (cause.cause !== undefined && depth < deepest) plain.cause = describeCause(cause.cause, depth + 1);
	return plain;
}
