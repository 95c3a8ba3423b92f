import * as parseEvents from "../parse-events.ts";
import * as scrub from "../scrub.ts";
import * as sendByKy from "../send-by-ky.ts";
import type { PartList } from "./part-list.ts";

/** All parts are here already. */
export const parts: PartList = {
	parseEvents: async () => parseEvents,
	scrub: async () => scrub,
	sendByKy: async () => sendByKy,
};
