/** Readers of what servers send: a member that is missing, null or of another type than expected is undefined. */

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields | undefined {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function asList(value: unknown): readonly unknown[] | undefined {
	return Array.isArray(value) ? value : undefined;
}

export function asText(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

export function asFlag(value: unknown): boolean | undefined {
	return typeof value === "boolean" ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
	return typeof value === "number" ? value : undefined;
}

/** An object whose members may be undefined, as one where these are absent. */
export type Defined<Value> = { [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key] } & {
	[Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined>;
};

/** A copy of an object without the members that are undefined. */
export function defined<const Value extends object>(value: Value): Defined<Value> {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<Value>;
}
