import type { ProviderRequest } from "../message.ts";
import type { Candidate } from "../route/candidate.ts";

/** What every request has, and what is for others than the model. */
const noSettings = /^(?:model|messages|metadata|providerOptions)$/;

/**
 * Whether a request may have something that a candidate is known to lack: a look that costs next to nothing, before what knows better is loaded.
 *
 * @param request - what is asked
 * @param candidate - who is asked
 */
export function mayLack({ messages, ...settings }: Omit<ProviderRequest, "model">, { provider, info }: Candidate): boolean {
	const parameters: readonly string[] | undefined = info?.parameters ?? provider.parameters;
	return (
		(parameters !== undefined && Object.keys(settings).some((name) => !noSettings.test(name) && !parameters.includes(name))) ||
		info?.embeddings === true ||
		(info?.tools === false && (settings.tools ?? settings.toolChoice) !== undefined) ||
		(info?.history === false && messages.length > 1) ||
		(info?.vision === false && messages.some(({ content }) => typeof content !== "string"))
	);
}
