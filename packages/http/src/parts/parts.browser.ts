import type { PartList } from "./part-list.ts";

/** Each part is loaded when it is first needed: bundlers make files of their own of them. */
export const parts: PartList = {
	parseEvents: () => import("../parse-events.ts"),
	scrub: () => import("../scrub.ts"),
	sendByKy: () => import("../send-by-ky.ts"),
};
