import { type AsyncGeneratorProvider, LocalUnavailableError } from "@spaceport/core";

/** How it is looked whether somebody can be reached. */
export const lookInit: RequestInit = { method: "HEAD", redirect: "manual" };

/** Loads the model on this machine; undefined where there is none. */
export const loadLocal: (() => Promise<AsyncGeneratorProvider>) | undefined = async () => {
	try {
		return (await import("@spaceport/provider-local")).createLocal();
	} catch (cause) {
		throw new LocalUnavailableError("There is no model on this machine: @spaceport/provider-local cannot be loaded.", {
			needed: "@spaceport/provider-local",
			cause,
			hint: "npm install @spaceport/provider-local node-llama-cpp, or say createFreeChat({ local: false }).",
		});
	}
};
