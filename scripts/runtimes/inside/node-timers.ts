const { setTimeout: realTimeout } = globalThis;

export const setTimeout = <Value>(ms: number, value?: Value): Promise<Value | undefined> =>
	new Promise((resolve) => realTimeout(() => resolve(value), ms));

export const setImmediate = <Value>(value?: Value): Promise<Value | undefined> => setTimeout(0, value);
