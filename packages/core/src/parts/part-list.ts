/**
 * What an answer that comes at the first attempt does not need. The browser's build loads it when it is needed; elsewhere, where files are at hand and a page's size
 * is no matter, it is there from the start (`browser` in package.json).
 */
export interface PartList {
	readonly embed: () => Promise<typeof import("../embed/embed.ts")>;
	readonly explain: () => Promise<typeof import("../explain/explain-request.ts")>;
	readonly fitRequest: () => Promise<typeof import("../chain/fit-request.ts")>;
	readonly health: () => Promise<typeof import("../chain/health/health-book.ts")>;
	readonly course: () => Promise<typeof import("../chain/course.ts")>;
	readonly queueLimiter: () => Promise<typeof import("../chain/limits/queue-limiter.ts")>;
	readonly preferModel: () => Promise<typeof import("../chain/prefer-model.ts")>;
	readonly resolveRoute: () => Promise<typeof import("../route/resolve-route.ts")>;
	readonly standaloneHost: () => Promise<typeof import("../chain/standalone-host.ts")>;
	readonly validateRequest: () => Promise<typeof import("../validate-request.ts")>;
}
