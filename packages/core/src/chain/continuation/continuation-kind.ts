import type { ProviderRequest } from "../../message.ts";
import { isJsonBeginning } from "./json-beginning.ts";

/** `splice`: text that another provider can go on with. `whole`: a JSON value, of which parts by two providers make no value, so that only the same from its start will do. */
export type ContinuationKind = "splice" | "whole";

/**
 * How an answer that broke off can be continued: whole where JSON was asked for, or where the text looks like the beginning of a JSON value.
 *
 * @param request - what was asked
 * @param sent - what was handed out of the answer
 */
export function continuationKind(request: Pick<ProviderRequest, "responseFormat">, sent: string): ContinuationKind {
	return request.responseFormat?.type === "json" || isJsonBeginning(sent) ? "whole" : "splice";
}
