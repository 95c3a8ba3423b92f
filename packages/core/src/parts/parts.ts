import * as askAgain from "../chain/ask-again.ts";
import * as limitedQueue from "../chain/limited-queue.ts";
import type { PartList } from "./part-list.ts";

/** All parts are here already. */
export const parts: PartList = {
	askAgain: async () => askAgain,
	limitedQueue: async () => limitedQueue,
};
