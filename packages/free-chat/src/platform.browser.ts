import type { loadLocal as loadLocalElsewhere } from "./platform.ts";

/**
 * How it is looked whether somebody can be reached. Whether this page may read the answer is another matter: `no-cors` asks without a preflight, and gives an
 * answer that has nothing in it.
 */
export const lookInit: RequestInit = { method: "HEAD", mode: "no-cors", credentials: "omit", referrerPolicy: "no-referrer" };

/** No page runs that engine. */
export const loadLocal: typeof loadLocalElsewhere = undefined;
