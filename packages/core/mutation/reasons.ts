import type { Survivor } from "./report.ts";

/** Why survivors live that are to live, in the order in which they are tried. */
export const reasons: readonly { readonly why: string; readonly of: (survivor: Survivor) => boolean }[] = [];
