/** What is known of what becomes of a prompt. */
export interface Privacy {
	/** Whether prompts are kept. */
	readonly logsPrompts: boolean | "unknown";
	/** Whether models are trained on them. */
	readonly trains: boolean | "unknown";
	/** The same in words. */
	readonly note: string;
}

/** Who gets a prompt. */
export interface Recipient {
	/** The provider's name. */
	readonly provider: string;
	/** The provider's model id; empty where the server is asked for one. */
	readonly model: string;
	/** What people call it: `OVHcloud AI Endpoints`, `the Space Qwen/Qwen2-72B-Instruct`. */
	readonly title: string;
	/** Where it is, for those that are reached by an address. */
	readonly url?: string;
	/** Whether the prompt leaves this machine; not known for providers of the caller's own that do not say where they are. */
	readonly leavesMachine: boolean | "unknown";
	/** Whether it is asked as nobody, or with a key or token of the caller's. Not known for providers of the caller's own. */
	readonly account: "none" | "yours" | "unknown";
	/** What is known of what becomes of the prompt there. */
	readonly privacy: Privacy;
}

/** A recipient before it is known which model is asked. */
export type RecipientDetails = Omit<Recipient, "provider" | "model">;

/** A Space is run by whoever made it: what it does with what it is sent cannot be seen from outside. */
export const privacyOfSpaces: Privacy = {
	logsPrompts: "unknown",
	trains: "unknown",
	note: "What the owner of the Space does with prompts is not known.",
};

/** Nothing is sent. */
export const privacyHere: Privacy = { logsPrompts: false, trains: false, note: "Nothing leaves this machine." };

/** The caller knows it, and nobody else does. */
export const privacyOfOwn: Privacy = { logsPrompts: "unknown", trains: "unknown", note: "What becomes of prompts there is not known." };

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Whether what is sent to an address leaves this machine.
 *
 * @param url - undefined where there is no address
 */
export function leavesMachine(url: string | undefined): boolean | "unknown" {
	const parsed = url === undefined ? null : URL.parse(url);
	return parsed === null ? "unknown" : !loopback.test(parsed.hostname);
}
