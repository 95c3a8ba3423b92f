import type { GradioVersion } from "../gradio/versions.ts";
import type { ComponentLike } from "./component.ts";
import type { FileOptions } from "./file-forms.ts";
import type { GrowingText } from "./growing-text.ts";

/** The list of outputs at one step, in the forms that go over the wire. */
export type OutputValues = readonly unknown[];

/** What a function may use besides its inputs. */
export interface CallContext {
	/** Aborts when the Space loses interest in the call: its client left, it was cancelled, or the emulator stopped. */
	readonly signal: AbortSignal;
	readonly version: GradioVersion;
	/** The client's session hash. */
	readonly session: string;
	/** Sends a `log` message, as gr.Info and gr.Warning do. */
	log(text: string, level?: "info" | "warning"): void;
	/** Sends a `progress` message. */
	progress(unit: { readonly index?: number; readonly length?: number; readonly unit?: string; readonly desc?: string }): void;
	/** One turn of a chat in the form that this version's Chatbot sends; null is an answer that is not there yet. */
	turn(question: string, answer: string | GrowingText | null): readonly unknown[];
	/** A file that the Space has made, as the version sends it among outputs; it can be downloaded from then on. */
	file(bytes: Uint8Array | string, options?: FileOptions): unknown;
	/** The bytes of a file among the inputs, in the form in which the version takes it; undefined where it is no file that the Space has. */
	read(value: unknown): Uint8Array | undefined;
	/** Who has logged in; undefined where nobody has to. */
	readonly user: string | undefined;
}

/** One endpoint of an emulated Space. */
export interface EmulatedFunction {
	readonly inputs: readonly ComponentLike[];
	readonly outputs: readonly ComponentLike[];
	/**
	 * Who is told of it. `undocumented`: it has a name, and is not in `/info` (`show_api=False`). `private`: it has no name (`api_name=False`), and is called by its
	 * number alone.
	 * @default "public"
	 */
	readonly visibility?: "public" | "undocumented" | "private";
	/**
	 * False: answered by `/run` too, and `queue: false` in the config.
	 * @default true
	 */
	readonly queue?: boolean;
	/**
	 * What it does. A generator yields the whole list of outputs at every step, as a generator of a Gradio app does. {@link GradioError} is what gr.Error is to an
	 * app; anything else that is thrown is a plain exception, whose message the Space keeps for itself.
	 */
	readonly run: (
		inputs: readonly unknown[],
		context: CallContext,
	) => OutputValues | Promise<OutputValues> | Generator<OutputValues, void, void> | AsyncGenerator<OutputValues, void, void>;
}

/** An error that an app shows to its users, as gr.Error is. */
export class GradioError extends Error {
	override readonly name = "GradioError";
	/** The head of what users see. @default "Error" */
	readonly title: string;

	constructor(message: string, options: { readonly title?: string } = {}) {
		super(message);
		this.title = options.title ?? "Error";
	}
}
