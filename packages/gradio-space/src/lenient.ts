import * as v from "valibot";

/** A member that may be missing, null or of another type than expected: all of these are `undefined`. For what servers send. */
export function lenient<Output>(schema: v.GenericSchema<unknown, Output>): v.GenericSchema<unknown, Output | undefined> {
	return v.fallback(v.optional(schema), undefined);
}
