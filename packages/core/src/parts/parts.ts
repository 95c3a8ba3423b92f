import * as course from "../chain/course.ts";
import * as fitRequest from "../chain/fit-request.ts";
import * as health from "../chain/health/health-book.ts";
import * as queueLimiter from "../chain/limits/queue-limiter.ts";
import * as preferModel from "../chain/prefer-model.ts";
import * as standaloneHost from "../chain/standalone-host.ts";
import * as embed from "../embed/embed.ts";
import * as explain from "../explain/explain-request.ts";
import * as resolveRoute from "../route/resolve-route.ts";
import * as validateRequest from "../validate-request.ts";
import type { PartList } from "./part-list.ts";

/** All parts are here already. */
export const parts: PartList = {
	embed: async () => embed,
	explain: async () => explain,
	fitRequest: async () => fitRequest,
	health: async () => health,
	course: async () => course,
	queueLimiter: async () => queueLimiter,
	preferModel: async () => preferModel,
	resolveRoute: async () => resolveRoute,
	standaloneHost: async () => standaloneHost,
	validateRequest: async () => validateRequest,
};
