import type { ComponentType } from "./component.ts";

/** How many sessions keep the values of their gr.State components. */
const keptSessions = 500;

/** The values of gr.State components, which stay on the server: the nth state among the inputs of a function is the nth among its outputs. */
export class SessionState {
	readonly #sessions = new Map<string, Map<string, unknown>>();

	/** The inputs with the server's values in place of what the client sent. */
	read(session: string, name: string, types: readonly ComponentType[], inputs: readonly unknown[]): unknown[] {
		let nth = 0;
		return inputs.map((input, index) =>
			types[index] === "state" ? (this.#sessions.get(session)?.get(`${name} ${nth++}`) ?? null) : input,
		);
	}

	/** The outputs with null in place of the server's values, which are kept. */
	write(session: string, name: string, types: readonly ComponentType[], outputs: readonly unknown[]): unknown[] {
		let nth = 0;
		return outputs.map((output, index) => {
			if (types[index] !== "state") return output;
			this.#valuesOf(session).set(`${name} ${nth++}`, output);
			return null;
		});
	}

	#valuesOf(session: string): Map<string, unknown> {
		const known = this.#sessions.get(session);
		if (known !== undefined) return known;
		const made = new Map<string, unknown>();
		this.#sessions.set(session, made);
		const oldest = this.#sessions.keys().next().value;
		if (this.#sessions.size > keptSessions && oldest !== undefined) this.#sessions.delete(oldest);
		return made;
	}
}
