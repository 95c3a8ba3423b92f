/** The hosts that a Hugging Face token is meant for. */
const huggingFace = /(^|\.)(hf\.space|huggingface\.co|hf\.co)$/;
/** This machine: what is sent there does not leave it. */
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Whether a provider gets the Hugging Face token from the environment: not where its options say something about a token or key themselves, and not where
 * they lead to somebody else's server.
 *
 * @param options - the provider's options in the configuration
 */
export function takesToken(options: Readonly<Record<string, unknown>>): boolean {
	if ("token" in options || "apiKey" in options) return false;
	const address = options.baseUrl;
	if (address === undefined) return true;
	const url = typeof address === "string" || address instanceof URL ? URL.parse(String(address)) : null;
	return url !== null && (isLoopback(url) || (url.protocol === "https:" && huggingFace.test(url.hostname)));
}

/** Whether an address is on this machine. */
export function isLoopback({ hostname }: URL): boolean {
	return loopback.test(hostname);
}
