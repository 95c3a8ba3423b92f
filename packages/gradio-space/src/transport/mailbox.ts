/** Values that wait until they are asked for, for a source that cannot be told to wait. */
export interface Mailbox<Value> {
	put(value: Value): void;
	/** The next value, in order. One taker at a time. */
	take(): Promise<Value>;
}

/** Makes an empty mailbox. */
export function createMailbox<Value>(): Mailbox<Value> {
	const values: Value[] = [];
	let wake: (() => void) | undefined;
	return {
		put(value) {
			values.push(value);
			wake?.();
		},
		async take() {
			if (values.length === 0) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
			return values.shift() as Value;
		},
	};
}
