import type { JsonSchema } from "../handshake/space-config.ts";

/** A function of a Space, as it describes itself in its config and at `/info`. What it does not say is left out. */
export interface EndpointInfo {
	/** Its name as `submit` takes it, such as `/chat`; absent where it has no public one. */
	readonly name?: string;
	/** The number under which Gradio's queue knows it. Another start of the app may give it to another function. */
	readonly fnIndex: number;
	/** What its author says that it does. */
	readonly description?: string;
	/** Whether its author keeps it out of the page's documentation. It can be called all the same. Absent means no. */
	readonly undocumented?: true;
	/** Whether it goes past the queue. Absent means no. */
	readonly unqueued?: true;
	/** Whether it gives several values, one after the other; absent where the Space does not say. */
	readonly generator?: boolean;
	/** What it takes, in order, the hidden ones as well. */
	readonly parameters: readonly ParameterInfo[];
	/** What it gives, in order, the hidden ones as well. */
	readonly outputs: readonly OutputInfo[];
	/** Whether the Space says neither what it takes nor what it gives, so that both lists are empty. Absent means no. */
	readonly opaque?: true;
}

/** What a Space says about an input or an output of a function. */
export interface OutputInfo {
	/** Gradio's name of the component's kind in lower case, such as `textbox`. Empty where the Space does not say. */
	readonly component: string;
	/** What the page shows beside it. */
	readonly label?: string;
	/** Its values, as a JSON schema. */
	readonly type?: JsonSchema;
	/** Its values, in Python's words, such as `list[str]`. */
	readonly pythonType?: string;
	/** Whether callers neither send nor see it: a State, whose value the server keeps, or a button. */
	readonly hidden: boolean;
}

/** An input of a function. */
export interface ParameterInfo extends OutputInfo {
	/** The name of the function's own parameter where the Space says it (Gradio 4.29 and later do), else its place among all inputs: `param_0`, `param_1`. */
	readonly name: string;
	/** Whether `name` is the function's own. */
	readonly named: boolean;
	/** Whether it may be left out where the inputs are given by name. */
	readonly hasDefault: boolean;
	/** What it gets then. */
	readonly default?: unknown;
	/** The values to choose from. */
	readonly choices?: readonly unknown[];
	/** The smallest number that it takes. */
	readonly minimum?: number;
	/** The largest number that it takes. */
	readonly maximum?: number;
	/** How far apart the numbers are that it takes. */
	readonly step?: number;
}
