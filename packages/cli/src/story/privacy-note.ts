import type { AsyncGeneratorProvider } from "@spaceport/core";
import { type Endpoint, endpoints } from "@spaceport/provider-openai";

/**
 * What whoever asks a provider should know of what becomes of the prompt there: where it is an endpoint that is known to log prompts or to train on them.
 *
 * @param provider - who is about to be asked
 * @returns undefined where there is nothing to say
 */
export function privacyNote(provider: AsyncGeneratorProvider): string | undefined {
	const { url } = provider as { readonly url?: unknown };
	if (typeof url !== "string") return undefined;
	const endpoint = Object.values(endpoints).find((one) => isAddressOf(one, url));
	if (endpoint === undefined || (endpoint.privacy.logsPrompts !== true && endpoint.privacy.trains !== true)) return undefined;
	return `${endpoint.title}: ${endpoint.privacy.note}`;
}

function isAddressOf({ baseUrl }: Endpoint, url: string): boolean {
	const [before = "", after] = baseUrl.split("{account}");
	return after === undefined ? url === baseUrl : url.startsWith(before) && url.endsWith(after);
}
