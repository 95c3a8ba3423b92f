import type { PartList } from "./part-list.ts";

/** Each part is loaded when it is first needed: bundlers make files of their own of them. */
export const parts: PartList = {
	embed: () => import("../embed/embed.ts"),
	explain: () => import("../explain/explain-request.ts"),
	fitRequest: () => import("../chain/fit-request.ts"),
	health: () => import("../chain/health/health-book.ts"),
	course: () => import("../chain/course.ts"),
	queueLimiter: () => import("../chain/limits/queue-limiter.ts"),
	preferModel: () => import("../chain/prefer-model.ts"),
	resolveRoute: () => import("../route/resolve-route.ts"),
	standaloneHost: () => import("../chain/standalone-host.ts"),
	validateRequest: () => import("../validate-request.ts"),
};
