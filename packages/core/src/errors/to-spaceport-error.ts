import { showValue } from "../show-value.ts";
import { ProviderFailedError } from "./provider-failed-error.ts";
import { hasErrorBrand, type SpaceportError } from "./spaceport-error.ts";

/**
 * What a provider threw, as a typed error: its own where it is one, else `provider-failed` with it as the cause.
 *
 * @param thrown - anything that was thrown
 * @param provider - the provider's name
 */
export function toSpaceportError(thrown: unknown, provider: string): SpaceportError {
	if (hasErrorBrand(thrown) && thrown.code !== "aborted") return thrown;
	const words =
		thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : typeof thrown === "string" ? thrown : showValue(thrown, 200);
	return new ProviderFailedError(`The provider "${provider}" threw ${words}`, {
		cause: thrown,
		provider,
		hint: "This is most likely a mistake in the provider: it should throw a SpaceportError that says what happened.",
	});
}
