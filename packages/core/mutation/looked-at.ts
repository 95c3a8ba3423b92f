import type { Survivor } from "./report.ts";

/** A survivor that somebody has looked at, or several of one line that live for the same reason. */
export interface LookedAt {
	/** From `packages/core/src/` on. */
	readonly file: string;
	/** A part of the line that it is in. */
	readonly line: string;
	/** What it changes begins so, where others of the line are not meant. */
	readonly was?: string;
	/** Why it lives: what comes out is the same because of this. */
	readonly why: string;
}

/** Whether this is about a survivor. */
export function isAbout({ file, line, was = "" }: LookedAt, survivor: Survivor): boolean {
	return survivor.file === file && survivor.around.includes(line) && survivor.was.startsWith(was);
}

/** Entries of a file: a part of a line, why, and what is changed where not all of the line is meant. */
function inFile(file: string, ...entries: readonly (readonly [line: string, why: string, was?: string])[]): readonly LookedAt[] {
	return entries.map(([line, why, was]) => ({ file, line, why, ...(was !== undefined && { was }) }));
}

const memory = "what is let go is looked at by nobody any more, so that memory alone would grow";
const typed = "for the types: the next condition is false for what is none as well";
const overwritten = "it is written before it is read";

/** Those that were looked at one by one. */
export const lookedAt: readonly LookedAt[] = [
	...inFile(
		"chain/limits/bucket.ts",
		["let leftUntil = -Infinity", "as long as nobody has reported, infinitely much is left"],
		["let reportedAt = -Infinity", "as long as nobody has reported, what is taken off infinity does not matter"],
		["if (now < last) behind", "a clock that stands still is behind by nothing"],
		["if (!force && at < leftUntil", "at that moment itself the wait is 0 either way", "at < leftUntil"],
		["restUntil - at > waitMs", "of two waits that are equal either is as long"],
		["if (by > 0) window.take", "a correction by nothing changes nothing"],
		["const isNew = windowMs !== undefined", "no window is shorter than undefined: the next line drops it", "windowMs !== undefined"],
		['typeof value === "number"', "for the types: Number.isFinite is false for what is no number"],
	),
	...inFile(
		"chain/limits/fifo.ts",
		["while (items[start]?.isGone)", "the last one that left has emptied the list, so that something stands there"],
		["items.length > 2 * size + 32", `${memory}; whoever is gone is passed over wherever it stands`],
		["items = items.slice(start)", `${memory}; whoever is gone is passed over wherever it stands`],
	),
	...inFile(
		"chain/limits/queue-limiter.ts",
		["const noWait", "no comparison with undefined is true, as none with 0 is"],
		["if (next !== undefined) line.take", "p-queue takes somebody only where `size` has said that there is one"],
		["return next?.run", "p-queue takes somebody only where `size` has said that there is one"],
		["filter(): never[]", "p-queue's interface wants it, and p-queue does not call it"],
		["return [];", "p-queue's interface wants it, and p-queue does not call it"],
		["const kept = intervalCap", "p-queue keeps the short window, and so does the bucket, which has to foresee it"],
		["...(kept && {", "p-queue keeps the short window, and so does the bucket, which has to foresee it"],
		["if (!countsTokens) return", "without limits of tokens their bucket has room at once"],
		["if (first === undefined || waitMs", "the search that is saved finds nobody, and the first is taken then"],
		["while (held.waitMs > leastPatienceMs", "where the two are equal nobody goes, and the loop ends"],
		["return leaving.length > 0", "who would have to go in another round goes at the next change"],
		["const mustWait = line.size > 0", "somebody waits only where there is no room, which the other conditions say"],
		["id: String(++count)", "an id is only to be another one each time"],
	),
	...inFile(
		"chain/limits/sliding-window.ts",
		["entry.at + windowMs <= now", "at that moment itself the wait for it is 0"],
		["if (first === entries.length)", memory],
		["else if (entries.length - first > mostEntries)", "entries that have left are few when it is looked at"],
		["else if (first > mostEntries)", memory],
		["if (most === Infinity) return 0", "times infinity there is no number, and nothing is missing"],
		["missing > 0 && index < entries.length", "what is missing is never more than what the entries hold"],
		["if (whileTight < tightUntil - now)", "where the two are equal the longer of both is as long"],
		["forget(now);", "the next look forgets the same"],
		["const last = entries.at(-1)", "entries of one moment count as one does"],
		["else if (amount > 0) entries.push", "an entry of nothing counts for nothing"],
		["entry.at - last.from <= grain", "a grain more or less by nothing"],
	),
	...inFile(
		"chain/limits/turn-timer.ts",
		["if (ringsAt <= at) return", "whoever is rung for too early looks, and sets it anew"],
		["stop();", "whoever is rung for too early looks, and sets it anew"],
	),
	...inFile(
		"chain/limits/waiting-line.ts",
		["if (waiting.heedMs < Infinity) forced", "the count only saves a search that finds nobody"],
		["if (forced === 0)", "the count only saves a search that finds nobody"],
	),
	...inFile("chain/limits/limiter.ts", ["const onFailure", "a limiter that stays waiting for its part tries to load it at each call"]),
	...inFile(
		"chain/limits/estimate-tokens.ts",
		["index < text.length", "behind the end there is no character"],
		[">= 0x2e80", "U+2E80 is a radical that nobody writes alone"],
		["if (value === undefined) return", "JSON has no text for undefined either"],
	),
	...inFile(
		"chain/health/circuit.ts",
		["one.until > longest.until", "of two rests that end together either will do"],
		["rest.since - clockErrorMs", "a clock that is wrong by a minute to the millisecond"],
		['id: ""', "no probe has an id of that kind"],
		["const keeps = present !== undefined", "failures that were only counted are always followed by something longer"],
		['typeof value === "number"', "for the types: Number.isFinite is false for what is no number"],
	),
	...inFile(
		"chain/health/cooldown.ts",
		['typeof asked === "number"', typed],
		["firstMs < Infinity", "an error that needs a person states no wait"],
	),
	...inFile(
		"chain/health/health-book.ts",
		["const owner = Math.random()", "two characters more of the same for each"],
		["...keys.slice(0, turn)", "a key that is looked at twice is found the first time"],
		["why.until < best.why.until", "of two keys that are free together either will do"],
		["const { keys = [] }", "without keys the plan asks for no other one"],
		["turns.set(candidate.provider", "a turn of one key, or of none, goes round to the same"],
		["let isKeysFailure", overwritten],
		["let before:", overwritten],
		["if (isChainProvider(candidate.provider)) return", "nobody asks for the rests of a chain: the plan and the run leave it out before"],
		["one !== key", "the key that has just failed rests"],
		["startedAt < (resets.get(name)", "no two stamps are equal"],
		["const moment = at === undefined", "between the failure and its record there is no time but that of loading a part"],
		["tickets += 1", "an id is only to be another one each time"],
		["if (why !== undefined || !isOnTrial", "who is asked by force while it rests is not on trial"],
		["createTicket(candidate, options, { id: nextId()", "what is in memory is told of successes anyhow"],
		["set?.size === 0", memory],
		["set?.delete(done)", "whoever waits has put itself there"],
	),
	...inFile("chain/health/health.ts", ["loading?.then", "it is being loaded by this very function"], ["resets.size > 999", memory]),
	...inFile(
		"chain/health/memory-store.ts",
		["Math.abs(now - sweptAt)", "sweeping more often, or a millisecond later, leaves the same"],
		["expiresAt <= now", "sweeping a millisecond later leaves the same: what has expired is not read"],
	),
	...inFile(
		"chain/health/patient-store.ts",
		["clock < pausedUntil", "a store may be asked, or be complained of, a millisecond earlier or later", "clock < pausedUntil"],
		["if (clock < pausedUntil", "a clock that is set back while a store is down: its next failure is not logged", "pausedUntil - clock"],
		["tail.then(() =>", memory],
		["pending.get(id) === tail", memory],
		["store.isEmpty === true && pending.size === 0", "what is in memory is never under way"],
	),
	...inFile("chain/health/resting-error.ts", ["=> new ", "a placeholder for what was not kept of an error: whatever was is in its place"]),
	...inFile(
		"chain/health/health-desk.ts",
		["let before:", overwritten],
		["let after:", overwritten],
		["startedAt < (resets.get(name)", "no two stamps are equal"],
	),
	...inFile("chain/health/probe.ts", ["provider.probe?.", "only who has a probe is looked at"]),
	...inFile(
		"chain/health/whom.ts",
		["const id = model === undefined", "no model has an id that is undefined"],
		["colon > 0", "nobody can be registered without a name"],
	),
	...inFile(
		"chain/create-chain.ts",
		["prefer !== undefined && wantsModel", "whoever gives what prefers a model has looked whether one is wanted"],
		['exhausted: "wrap"', "only `own` is looked for"],
	),
	...inFile("chain/could-not-go-on.ts", [
		"It broke off as well.",
		"an attempt that ended with the answer's break has an error in every run",
	]),
	...inFile(
		"chain/course.ts",
		["if (first === undefined)", "where nobody is asked somebody rests"],
		["host.health.isQuiet", "where all are well none of the looks finds a rest", "host.health.isQuiet"],
		["resting === undefined ? []", "what is thrown instead is caught, and comes to nothing as well"],
	),
	...inFile(
		"chain/exhausted-error.ts",
		["lastError.leftOut ?? []", "every such error of this version has the list"],
		['{ name: "", provider', overwritten],
		["attempts.length === 0 ||", "who was not asked has no last error either"],
		["last !== undefined &&", typed],
	),
	...inFile(
		"chain/open-attempt.ts",
		["let heldBack", overwritten],
		["heldBack = key !== undefined", "who has no keys has no other one to be asked with: the plan counts them"],
	),
	...inFile("chain/standalone-host.ts", ["chains: []", "of something that is no chain nobody is a member"]),
	...inFile(
		"chain/attempt-plan.ts",
		["retryAt !== undefined", typed],
		["if (standing.resting !== undefined) leaveOut", "who was not asked and is not ready rests"],
		["if (untried(standing)) passOver", "who was asked does not rest: it was not looked at"],
		["const resting = elsewhere", "who was not asked and is not ready rests"],
		["delayMs !== undefined &&", typed],
		['if (same === "no" && !elsewhere)', "the choice that is saved finds nobody"],
		["? move(soonest, delayMs, false", "whoever is waited for is chosen anew when the wait is over"],
		["const { keys = [] }", "one key, or none, is not looked at"],
		["keys.length > 1 ?", "a provider of one key rests as its key does"],
		["standings.filter(untried).map", "whoever is woken by somebody else looks once too often"],
		['(isSpaceportError(error, "timeout") && error.phase', "after any other timeout the next one is asked anyhow"],
		["} finally {", "it lets go of a listener that nobody would miss"],
		["patienceLeftMs -= 1", "it would take sixty thousand turns that are lost to others"],
		["signal.throwIfAborted()", "the wait throws as well"],
		["controller.abort()", "it lets go of a listener that nobody would miss"],
		["unlink()", "it lets go of a listener that nobody would miss"],
	),
	...inFile(
		"chain/provider-reader.ts",
		["let batched", overwritten],
		["let pending", overwritten],
		["pending = false;", "a generator that has thrown, or ended, is closed already"],
		['if (phase !== "idle") since', "behind the first content it is not read"],
		['else if (phase === "queue" &&', "before the queue it is the same phase already", 'phase === "queue"'],
		["if (provider !== undefined) await close", "closing nobody takes no time"],
		["if (provider !== undefined || finish", "who was never asked has nothing to be told", "finish === undefined"],
	),
	...inFile(
		"chain/go-on.ts",
		['way: "instruction", ...asked', "only `prefill` is looked for"],
		["const isWhole", "a chunk of the same text as the one that came is as good as it"],
		["if (ready.length > 0) yield", "whoever reads an empty batch passes it over"],
		['alignment.how ?? ""', "what is aligned says how"],
	),
	...inFile(
		"chain/watchdog.ts",
		["if (deadline === Infinity) return", "what is left of infinity is scheduled again, and stopped with the rest"],
		["if (left >= 1)", "a deadline of a millisecond more"],
		["timerAt <= deadline", "a timer that rings at the deadline itself may be set anew"],
		["if (timer !== undefined) clearTimeout", "clearing nothing does nothing"],
		["2 ** 31 - 1", "a timer of 24.8 days"],
	),
	...inFile(
		"chain/chain-options.ts",
		["const atLeastOne", "no option has one of these words further on in its name"],
		["const wholeNumbers", "no option has one of these words further on in its name"],
		["layer[group] !== undefined", "spreading undefined adds nothing"],
		["const allowed:", "no disposition has a third field"],
		['typeof value === "number"', typed],
	),
	...inFile("chain/chain-plan.ts", ["Symbol.for(", "a symbol of another name is as good, as long as nobody else uses it"]),
	...inFile("chain/may-lack.ts", ["const noSettings", "no setting ends in one of these words"]),
	...inFile(
		"chain/handed-out.ts",
		["ready === chunk.text", "a chunk of the same text as the one that came is as good as it"],
		["last >= 0xd800", "the first and the last of the surrogates stand for planes that are empty"],
		["last <= 0xdbff", "the first and the last of the surrogates stand for planes that are empty"],
	),
	...inFile(
		"chain/normalize-chunk.ts",
		['value?.type === "text-delta"', "the commonest chunk is only looked at by a shorter way"],
		['"text-delta": ["text"]', "the commonest chunk is only looked at by a shorter way"],
		['typeof type === "string"', "what is no text is no name of a member either"],
	),
	...inFile("chain/retry-delay.ts", ['typeof asked === "number"', typed]),
	...inFile("chain/prime-stream.ts", ["if (result.done) throw", "of such an end only `content-filter` is looked for"]),
	...inFile("errors/spaceport-error.ts", ['key !== "cause"', "what is written there first is written over"]),
	...inFile("errors/in-one-line.ts", ["line.slice(0, 2 * longest", "a cut that spares work: what is cut off is not shown"]),
	...inFile(
		"errors/when.ts",
		["at !== undefined", typed],
		["Math.abs(at) <= endOfTime", "the last millisecond that a date can hold, in the year 275760"],
	),
];
