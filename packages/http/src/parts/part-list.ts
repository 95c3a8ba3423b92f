/**
 * What a request does not need as long as all is as it mostly is. The browser's build loads it when it is needed; elsewhere, where files are at hand and a page's size
 * is no matter, it is there from the start (`browser` in package.json).
 */
export interface PartList {
	readonly parseEvents: () => Promise<typeof import("../parse-events.ts")>;
	readonly scrub: () => Promise<typeof import("../scrub.ts")>;
	readonly sendByKy: () => Promise<typeof import("../send-by-ky.ts")>;
}
