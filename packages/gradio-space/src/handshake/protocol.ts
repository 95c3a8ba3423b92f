/** The protocols of Gradio's queue that this package speaks. */
export type QueueProtocol = "sse_v1" | "sse_v2" | "sse_v2.1" | "sse_v3";

/** How values come after the first one: whole, as differences, or `unknown` where the Space did not say which protocol it speaks. */
export type ValueForm = "full" | "diff" | "unknown";

const valueForms: Readonly<Record<QueueProtocol, ValueForm>> = { sse_v1: "full", sse_v2: "diff", "sse_v2.1": "diff", sse_v3: "diff" };

/** Whether a protocol is one that this package speaks. */
export function isQueueProtocol(protocol: string | undefined): protocol is QueueProtocol {
	return protocol !== undefined && Object.hasOwn(valueForms, protocol);
}

/** How a protocol sends values. */
export function valueForm(protocol: QueueProtocol): ValueForm {
	return valueForms[protocol];
}
