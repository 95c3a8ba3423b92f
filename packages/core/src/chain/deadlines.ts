/** How long each phase may take, in milliseconds. `Infinity` means no limit. */
export interface Timeouts {
	/** Until a connection is answered. @default 10000 */
	readonly connectMs: number;
	/** Until the first content, time in the provider's queue not counted. @default 12000 */
	readonly firstChunkMs: number;
	/** In place of `firstChunkMs` where nobody else is left to ask. @default 120000 */
	readonly lastFirstChunkMs: number;
	/** Between two chunks once content has come. @default 30000 */
	readonly idleMs: number;
	/** In the provider's queue. @default 600000 */
	readonly queueMs: number;
	/** The whole request, retries and fallbacks included. @default 600000 */
	readonly totalMs: number;
}

/** The limits that hold where nobody says otherwise. */
export const defaultTimeouts: Timeouts = {
	connectMs: 10_000,
	firstChunkMs: 12_000,
	lastFirstChunkMs: 120_000,
	idleMs: 30_000,
	queueMs: 600_000,
	totalMs: 600_000,
};
