import { redact } from "@spaceport/core";

/** Takes secrets out of a text that is about to be shown. */
export type HideSecrets = (text: string) => string;

/** Shorter ones would blacken innocent text. */
const shortestSecret = 4;

/**
 * Makes the filter for everything that goes to stderr: known secrets by their value, others by their shape.
 *
 * @param secrets - the values that were read from the environment
 */
export function createSecretFilter(secrets: readonly (string | undefined)[]): HideSecrets {
	const known = secrets.filter((secret) => secret !== undefined && secret.length >= shortestSecret) as readonly string[];
	return (text) => redact(known.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text));
}
