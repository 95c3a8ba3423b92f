/** A copy without the members that are `undefined`, so that they do not hide a default. */
export function withoutUndefined<Value extends object>(value: Value | undefined): Partial<Value> {
	return Object.fromEntries(Object.entries(value ?? {}).filter(([, member]) => member !== undefined)) as Partial<Value>;
}
