import type { PlainConfig } from "../../src/gradio/index.ts";
import { ask, callByQueue, type Wire } from "./wire-client.ts";

/** How a call ended. */
export interface Called {
	/** The outputs at the end, undefined where it failed. */
	readonly data: readonly unknown[] | undefined;
	/** The message that ended it. */
	readonly output: Readonly<Record<string, unknown>>;
	/** All messages of the queue. */
	readonly messages: readonly { readonly msg: string; readonly [field: string]: unknown }[];
}

/** Calls the functions of an app by their names, on any version, and gives what came. */
export class AppClient {
	readonly baseUrl: string;
	readonly config: PlainConfig;

	private constructor(baseUrl: string, config: PlainConfig) {
		this.baseUrl = baseUrl;
		this.config = config;
	}

	static async connect({ baseUrl }: { readonly baseUrl: string }): Promise<AppClient> {
		return new AppClient(baseUrl, JSON.parse((await ask(`${baseUrl}/config`)).chunks.join("")) as PlainConfig);
	}

	url(path: string): string {
		return `${this.baseUrl}${this.config.api_prefix ?? ""}${path}`;
	}

	/** The types of a function's inputs and outputs, such as `textbox,chatbot -> chatbot`. */
	shape(name: string): string {
		const dependency = this.config.dependencies.find(({ api_name }) => api_name === name);
		const types = (ids: readonly number[] = []): string =>
			ids.map((id) => this.config.components.find((each) => each.id === id)?.type).join();
		return dependency === undefined ? "absent" : `${types(dependency.inputs)} -> ${types(dependency.outputs)}`;
	}

	async call(name: string, data: readonly unknown[], session: string = crypto.randomUUID()): Promise<Called> {
		const place = this.config.dependencies.findIndex(({ api_name }) => api_name === name);
		if (place < 0) throw new Error(`The app has no function ${name}`);
		const wire = await callByQueue(this.baseUrl, this.config, this.config.dependencies[place]?.id ?? place, session, data);
		if ("status" in wire) throw new Error(`The join was answered with ${wire.status}: ${wire.chunks.join("")}`);
		return this.#ended(wire);
	}

	/** Calls a function past the queue. */
	async run(name: string, data: readonly unknown[], session: string): Promise<readonly unknown[]> {
		const answer = await ask(this.url(`/run/${name}`), { body: { data, session_hash: session } });
		if (answer.status !== 200) throw new Error(`/run/${name} answered ${answer.status}: ${answer.chunks.join("")}`);
		return (JSON.parse(answer.chunks.join("")) as { data: unknown[] }).data;
	}

	async #ended(wire: Wire): Promise<Called> {
		await wire.done;
		const messages = wire.messages.map((text) => JSON.parse(text) as Called["messages"][number]);
		const output = messages.find(({ msg }) => msg === "process_completed")?.output as Called["output"] | undefined;
		if (output === undefined) throw new Error(`The call was not completed: ${wire.messages.at(-1)}`);
		return { data: output.data as unknown[] | undefined, output, messages };
	}
}
