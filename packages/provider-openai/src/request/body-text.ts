import { wellFormedJson } from "@spaceport/http";

import type { ToError } from "../errors/fact.ts";

/**
 * A body as JSON.
 *
 * @param body - what the caller gave is in it
 * @param toError - makes the error of what JSON cannot write
 */
export function toBodyText(body: object, toError: ToError): string {
	try {
		return wellFormedJson(body);
	} catch (cause) {
		throw toError({ kind: "not-json", cause });
	}
}
