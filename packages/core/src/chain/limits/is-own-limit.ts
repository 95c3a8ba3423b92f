import type { SpaceportError } from "../../errors/spaceport-error.ts";

/** Whether a limit of our own kept the attempt: the provider was not asked, and it says nothing of it. */
export function isOwnLimit(error: SpaceportError): boolean {
	return error.code === "limiter-full" || (error as { readonly own?: unknown }).own === true;
}
