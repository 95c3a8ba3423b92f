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
const closingSigns =
	"a gap: no example has other openings than quotes around what it repeats (a block that it closes, a lead-in) with closing signs behind it";
const firstUnread = "the first of what a pattern finds is not read here";
const mayBeginAnew =
	"a gap: no example turns on whether a text may begin anew; what follows from it is held by tests of the function alone";
const emptyBatch = "whoever reads an empty batch passes it over";
const noAscii = "a shorter way: none of ASCII is in the pattern";
const keptWarm = "not measured: the worker stays warm, and the map has from the first run what comes of each character of the tests";
const textAlone = "a gap: no test has an assistant's message in last place that has something else than text, such as a call";
const refusedBelow = "what may not stand between values is refused below as well";
const bounded = "it bounds the effort: no example has so many beginnings that it would matter which are followed";
const lookedAgain = "what was found, or given up, comes out the same when it is looked at again";
const emptyLine =
	"a gap: no example has an empty line behind a repetition within code, within a table, or after a prefill, and small letters behind that";
const cutPrefill = "a gap: no example has a prefill's answer complete the last character that was sent (an accent that comes apart)";
const otherStates = "only the other two states are looked for";
const plainPattern = "no part of the pattern reads otherwise without it, but for signs beyond sixteen bits";
const heldByEmbed = "held by tests of embeddings (embed/embed.test), which are not among those that are tried for this folder";
const otherDecision =
	"a gap: no test has a chain in the chain break with a failure that decides otherwise than a break does, such as one that says how long to wait";
const wordsOfBreak =
	"a gap: no test reads the words of a break of a provider that nobody goes on with: it would be named among those who could not";
const breaksTwice =
	"a gap: a chain in the chain that breaks while it goes on with another's answer would try to go on with its own part alone first; in the test of that it cannot, and the same comes out";
const heldByModels = "held by tests of embeddings (embed/models.test), which are not among those that are tried for this folder";
const throwingStage =
	"a gap: no test has a stage throw at a batch, as it does where the log of a chain that is asked by itself throws at the answer's end";
const behindEnd = "behind the end there is no white space";
const behindBeginning =
	"a gap: they differ where the answer begins behind a beginning of the caller's, or behind thoughts, and no example of that comes near the share";
const noMark = "a mark of a list that no text begins with is none";
const hasFirst = "a text that is split has a first part";
const unreadInfo = "where there is no fence, what follows it is not read";
const oneSign = "a fence is one sign several times: both ends are the same";
const waitsAnyhow =
	"one more character is waited for, as the place behind it does anyhow; a gap is an answer that is nothing but a lead-in";
const unsureOpening = "an opening more that is not sure: no example has what was sent repeated behind such a sentence";
const noStretch = "no stretch at all says as little as one of nothing";
const withoutBar = "a gap: no example has a row without its first or its last bar";
const undecided = "a heuristic's bound: no example is undecided for so long";
const refusalAtEnd = "a gap: no example has a refusal that begins with the end of what was sent: it would be handed out";
const noSigns = "without signs before it none are taken away behind it; dots are only waited for";
const leadsIn =
	"a gap: no example has a line that leads in to something else, or seems to, before a large letter within a sentence, but those that do both";
const allWhite = "with nothing but white space it does not come to this: the place waits for its first visible character";
const twoTraces =
	"a gap: no example gives a beginning of the caller's, and a new text that differs from one of the two and is then like it again";
const noLastBar = "a gap: no example has a table whose rows have no last bar";

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
		[
			"const nothing: TokenEstimate",
			"a gap: no test has a provider speak of its tokens while requests alone are limited: whoever was let in uncounted would spoil the count",
		],
		[
			"held = first === undefined ? noWait",
			"a gap: no test has tokens overdrawn while somebody who passes over what was said stands first",
			"{ tokens: 0",
		],
		["if (usage !== undefined && takenAt", "without usage the correction is by nothing", "usage !== undefined"],
		[
			"queueMicrotask(watch)",
			"a gap: no test has p-queue's own timer start somebody while the next one waits for another limit, and nothing else happen",
		],
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
		["index < text.length", "behind the end there is no character", "index <"],
		[">= 0x2e80", "U+2E80 is a radical that nobody writes alone"],
		["if (value === undefined) return", "JSON has no text for undefined either"],
		['"input" in request', heldByEmbed],
		["? { inputTokens: Math.ceil(request.input", heldByEmbed],
	),
	...inFile(
		"chain/health/circuit.ts",
		["one.until > longest.until", "of two rests that end together either will do"],
		["rest.since - clockErrorMs", "a clock that is wrong by a minute to the millisecond"],
		['id: ""', "no probe has an id of that kind"],
		["const keeps = present !== undefined", "failures that were only counted are always followed by something longer"],
		['typeof value === "number"', "for the types: Number.isFinite is false for what is no number"],
		[
			"const notKept",
			"a gap: no test looks whether this field is left out of what is kept of a failure; the error that is made of it has a hint and a provider of its own, and would have that attempt's number",
			'"',
		],
	),
	...inFile(
		"chain/health/cooldown.ts",
		['typeof asked === "number"', typed, "typeof asked"],
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
		['logger.warn({ err: error }, "An observer threw."', "a gap: no test looks at more of this line in the log than its words", "{ err"],
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
		['moment === "before" ? cause', otherDecision, 'moment === "before"'],
		['moment === "before" ? cause', otherDecision, '"before"'],
		[
			"if (!(await take(move, goOn))) return false",
			"a gap: no test has everybody begin to rest between the choice of who is next and the question",
		],
		[
			"if (signal.aborted) next?.ticket",
			"a gap: no test has the caller leave between the leave to ask somebody on trial and the question, where others would wait for what comes of it; who was asked has told already",
			"signal.aborted",
		],
		["if (signal.aborted) next?.ticket", "what would be thrown here gives way to the abort", "next?.ticket"],
		["error === broken", wordsOfBreak],
		['? decide(broken, "break"', "the plan tells what came before content from the rest, and no more", '"break"'],
		['? decide(broken, "break"', wordsOfBreak, "{"],
		[': decide(error, "going-on"', "the plan tells what came before content from the rest, and no more"],
		[
			"if (signal.aborted && !isOver)",
			"a gap: no test has the caller abort while somebody is asked to go on, and looks what it ends in: it would be a broken answer",
		],
		["if (isOver) attempts.push", "an attempt that failed before has ended, and ends once"],
		[
			"return [];",
			"a gap: no test that is tried asks, in a chain in the chain, somebody whose name nobody else knows, and runs out of others",
			"[]",
		],
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
		["const goesOn = request.messages", breaksTwice],
		["overrides: goesOn ?", breaksTwice],
	),
	...inFile(
		"chain/standalone-host.ts",
		["chains: []", "of something that is no chain nobody is a member"],
		[
			"createHealth({ report",
			"a gap: no test has a part that cannot be loaded, or an observer that throws, in a chain that is asked by itself; its events go to each call's own host",
		],
	),
	...inFile(
		"chain/attempt-plan.ts",
		["retryAt !== undefined", typed],
		["if (standing.resting !== undefined) leaveOut", "who was not asked and is not ready rests"],
		["if (untried(standing)) passOver", "who was asked does not rest: it was not looked at"],
		["const resting = elsewhere", "who was not asked and is not ready rests"],
		["delayMs !== undefined &&", typed],
		['if (same === "no" && !elsewhere)', "the choice that is saved finds nobody"],
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
		[
			"if (interruption !== undefined) return;",
			"a gap: no test looks what becomes of what a provider gives after its attempt was cut short; whoever waited has been told by then, and hears no more",
		],
		["if (chunks.length > 0) {", emptyBatch, "chunks.length > 0"],
		["rest();", "the wait for the first chunk begins at once, and sets the deadline and what is left anew"],
		[
			"interrupt(abortedError(undefined))",
			"a gap: no test looks at a provider's signal where its attempt ends by what it gave (no chunk at all, nothing but white space); its generator is closed all the same",
		],
		[
			"if (pending) void leaveProvider",
			"a gap: no test looks whether the `finally` of a provider that is left between two chunks is waited for",
		],
	),
	...inFile(
		"chain/go-on.ts",
		['way: "instruction", ...asked', "only `prefill` is looked for"],
		["const isWhole", "a chunk of the same text as the one that came is as good as it"],
		["if (ready.length > 0) yield", emptyBatch],
		['alignment.how ?? ""', "what is aligned says how"],
		["const refusals", "a gap: no test has a prefill refused with this code, and asks in words then", '"'],
		[
			"chunks.some(isContent)",
			"a gap: no test looks for the seam of an answer that begins anew with a batch of which only a part is content",
			"chunks.some",
		],
		[
			"isOpen = true;",
			"whoever says something else is passed on by what the next lines set; its thoughts would be kept, and read by nobody",
			"true",
		],
		['return alignment.state === "mismatch" ?', "the next chunk, or the finish, finds the same mismatch"],
		[
			"if (!isOpen) reasoning.push",
			"a gap: no test has an answer go on, think, and be rewritten into another one, which would have those thoughts before it",
		],
		['case "image":', "a gap: no test has an image come while it is not decided yet whether a text goes on"],
	),
	...inFile(
		"chain/watchdog.ts",
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
	...inFile(
		"chain/may-lack.ts",
		["const noSettings", "no setting ends in one of these words"],
		["info?.embeddings === true", heldByModels],
	),
	...inFile(
		"chain/handed-out.ts",
		["ready === chunk.text", "a chunk of the same text as the one that came is as good as it"],
		["last >= 0xd800", "the first and the last of the surrogates stand for planes that are empty"],
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
		["at !== undefined", typed, "at !=="],
		["Math.abs(at) <= endOfTime", "the last millisecond that a date can hold, in the year 275760"],
	),
	...inFile(
		"chain/batches.ts",
		["async () => over", "whoever leaves batches waits for the end and does not look at what it gives"],
		["} catch (error) {", throwingStage],
		["taker.fail(error);", throwingStage],
		["if (passed.length > 0)", emptyBatch],
		["key, { value: batches }", "without the batches the same chunks are read one at a time"],
	),
	...inFile("chain/disposition.ts", ['if (!isSpaceportError(error, "timeout"))', "for the types: what has this code is such an error"]),
	...inFile(
		"chain/fit-request.ts",
		["if (info?.embeddings === true)", heldByModels],
		['{ system: "leave-out" }', "only `include` is looked for"],
	),
	...inFile("chain/reason-of.ts", [
		'"chain-exhausted") ?',
		"a gap: no test reads the words of a chain in the chain whose own are too long for a line",
		'"chain-exhausted"',
	]),
	...inFile(
		"chain/run-attempt.ts",
		["if (context.signal.aborted) onAbort()", "a run looks at its signal right before it begins an attempt"],
		[
			"signal.throwIfAborted();",
			"a gap: no test aborts in the very turn in which the slot is given: the provider's function would be called, and nothing of it read",
		],
		[
			"slot.release(reader.usage());",
			"a gap: no test has a caller keep the finish and read no further: the slot is given back in `finally` as well, which is when it reads on",
			"slot.release(reader",
		],
		[
			'if (isSpaceportError(error, "rate-limited") &&',
			"a gap: no test has another failure than this one say how long to wait, and looks at who waits for the same provider; to report nothing loads the part that keeps limits, and no more",
		],
		["throw new ProviderFailedError(message", "the attempt writes the provider into an error that has none"],
	),
	...inFile(
		"chain/run-chain.ts",
		[
			"signal.throwIfAborted();",
			"a gap: no test looks whether an attempt is told of where the caller has left before it; nobody is asked, since the attempt looks as well",
		],
		[
			'if (chunk.type === "queue-update") attempt',
			"a gap: no test of events has a provider that tells of its progress behind its place in the queue: an event without a place would come",
			"chunk.type",
		],
		[
			": await host.health.claim(candidate, { force: false",
			"where all are well nobody rests, by force or not; a gap is who falls ill while the part is loaded that keeps keys",
		],
		[
			"if (ticket !== undefined && isResting(ticket))",
			"where all are well nobody rests; a gap is who falls ill while the part is loaded that keeps keys",
			"ticket !== undefined && isResting",
		],
		[
			"if (!signal.aborted) host.logger.warn",
			"a gap: no test looks at the log of a run that is left while a part is loaded",
			"!signal.aborted",
		],
		[
			'throw signal.aborted && !isSpaceportError(thrown, "stream-interrupted")',
			"a gap: no test aborts a chain that is asked by itself with a reason of its own while it waits between two attempts",
			"signal.aborted",
		],
		[
			"if (error !== undefined) controller.abort(error)",
			"whoever leaves a Spaceport's stream has aborted the signal above; a gap is a chain that is asked by itself and left while it waits",
		],
		['if (error !== undefined) current.end("fail"', "an answer that is whole has ended its attempt, which ends once"],
	),
	...inFile(
		"chain/continuation/alignment.ts",
		["if (pieces.length > 1)", "one piece, or none, put together is the same text"],
		[
			"handedOut = true;",
			"a gap: no test rewrites a text of which more was passed on after it was aligned: it would be added to what is there",
			"true",
		],
		[
			"for (const character of half) verdict ??=",
			"a gap: no test ends a text in half a pair that the judge would have to see; it is handed out either way",
		],
	),
	...inFile(
		"chain/continuation/anchor.ts",
		[
			"for (let index = length - 1; index >= first",
			"what begins behind the end says nothing, and the next beginning takes its place",
			"length - 1",
		],
		["if (start < length) return first === 0 ? 0", "the first visible character begins a word and a line", "first === 0"],
		[
			"if (start < length) return first === 0 ? 0",
			"the loop below finds the same word; a gap are code and tables that say little in two hundred characters",
			"start < length",
		],
		[
			"for (let index = first; index < length; index += 1)",
			"a gap: no test has one line of code of more than two hundred characters: its anchor would begin within a word; a long word has no beginning to find",
		],
	),
	...inFile(
		"chain/continuation/characters.ts",
		["return code <= 0x20 ||", noAscii, "code > 0x7e"],
		["charCodeAt(0) > 0x7f && unspaced", noAscii, "character.charCodeAt"],
		["charCodeAt(0) > 0x7f && mark", noAscii, "character.charCodeAt"],
		["if (code < 0xc0 ||", "a shorter way: what is below has neither accents nor other forms", "code < 0xc0"],
		["if (known === undefined) {", keptWarm],
		["const isWide =", keptWarm],
		["known = isWide ?", keptWarm],
		["folded.set(unit, known)", "what is not kept is made again"],
		[
			"return isHighSurrogate(text.charCodeAt(text.length - 1)) ?",
			"a gap: the examples that end in half a pair are of two units, or are only looked at for halves",
			"-1",
		],
	),
	...inFile(
		"chain/continuation/compose-continuation.ts",
		[
			"const answer = (content: string)",
			"a gap: no test begins the answer with a message that has more than its role and its text, such as a name",
			"-1",
		],
		['if (soFar.trim() === "")', "a gap: no test has an answer break off behind thoughts and white space alone"],
		['"",', "an empty line among the words of the instruction"],
		["const language = block.code.language", "a gap: no example is cut off in code without a language, and reads what is asked then"],
		['return role === "assistant" && (typeof content', textAlone, 'typeof content === "string" ||'],
		['return role === "assistant" && (typeof content', textAlone, "content.every"],
		['return role === "assistant" && (typeof content', textAlone, 'part.type === "text"'],
		['content.map((part) => (part.type === "text"', "a beginning of the answer has text alone"],
	),
	...inFile(
		"chain/continuation/cut-character.ts",
		["const last = [...segments", "no character is longer: effort alone", "sent.slice"],
		["const last = [...segments", "what was sent has a last character", '""'],
		["if (last.startsWith(text) && !ended)", "a gap: no example has a last character of several code points come again one by one"],
		[
			"segments.segment(text.slice(0, longestCharacter))",
			"the first two characters are looked at, which are no longer: effort alone",
			"text.slice",
		],
	),
	...inFile(
		"chain/continuation/joint.ts",
		[
			"const missing = missingSpace(sent, text, block, true)",
			"what is not known counts as nothing here, and a capital letter alone gets its blank below",
		],
		["return signs !== undefined &&", "a line that is split by nothing is one piece, which is odd", "signs !== undefined"],
	),
	...inFile(
		"chain/continuation/json-beginning.ts",
		['const [opening = ""] =', "what stands in the list cuts off sixteen characters: no example has a bracket just there", "[]"],
		['const [opening = ""] =', "what stands for it cuts off seventeen characters: no example has a bracket just there", '""'],
		['if (expected === "next" &&', refusedBelow, '"next"'],
		['if (found === "") return false', "what is no sign is not expected in the next round either"],
		["while (at < text.length &&", behindEnd, "at < text.length"],
		['if (expected === "next" &&', refusedBelow, 'expected === "next" &&'],
		['if (expected === "next" &&', refusedBelow, "text.charAt(at)"],
		[
			"if (!/^(?:value|next)/.test(expected))",
			"a gap: no example has a bracket where none may stand, as a template's `{{` has",
			"!/^(?:value",
		],
	),
	...inFile(
		"chain/continuation/judge-mismatch.ts",
		["const share =", behindBeginning, "end - start"],
		["const share =", behindBeginning, "characters.length - start"],
		["const beginsAnew =", "a gap: no example begins code over with a large letter", "block.code"],
		[
			"beginsLine(sent, stretch.start) ||",
			"the pattern looks at the end alone; of the first three characters of a text no sentence is made",
			"Math.max",
		],
		["return beginsAnew && isSentence", "a heuristic's threshold moved by one: no example weighs just as much", "evidence"],
		[
			"const text = plain(head.slice(0, longestBeginning))",
			"the patterns look at the beginning; no example has a heading of more than eighty characters",
			"head.slice",
		],
	),
	...inFile("chain/continuation/judge-overlap.ts", ["test(text.slice(-20))", "no number has twenty digits: effort alone", "text.slice"]),
	...inFile(
		"chain/continuation/missing-space.ts",
		["const [, number, bullet] =", firstUnread, "[]"],
		["return bullet === undefined ||", noMark, "bullet === undefined"],
		["return bullet === undefined ||", noMark, "[]"],
	),
	...inFile(
		"chain/continuation/open-block.ts",
		['if (!text.includes("```")', "a shorter way: without a fence no line is one"],
		['"\\n", 1)[0] ?? ""', hasFirst, '""'],
		['const [, fence = "", info = ""] =', firstUnread, "[]"],
		['const [, fence = "", info = ""] =', unreadInfo, '""'],
		["if (open === undefined) open = fence.startsWith", oneSign, "fence.startsWith"],
		["else if (fence.startsWith(open.fence)", oneSign, "fence.startsWith"],
	),
	...inFile(
		"chain/continuation/openings.ts",
		["if (from === head.length) break", "at the end dots may still come: the reader of dots says so", "from === head.length"],
		["const isAtEnd =", "a heuristic's bound: no example has a token of sixty characters", "rest.length < longestToken"],
		['const [, fence = "", info = "", newline] =', firstUnread, "[]"],
		['const [, fence = "", info = "", newline] =', unreadInfo, '""'],
		['const [first = "", second, third] =', hasFirst, '""'],
		['.at(-1) ?? ""', "a text that is split has a last part"],
		['if (newline === "") return', "the pattern is for no more than 48 characters", "rest.length < longestSentence"],
		[
			'if (language === "" && sureBefore',
			"the place behind a fence waits for its first character anyhow; a gap is an answer that is nothing but a fence",
			'language === ""',
		],
		["return /^`{1,3}$|", "a heuristic's bound: no example has a language of seventeen letters", "rest.length < longestWrapper"],
		["if (block.marker === undefined && !(block.item", "a list's mark alone is an item as well", "block.marker === undefined"],
		["const [, own] =", firstUnread, "[]"],
		["const isLater =", "no comparison with what is no number is true", "number !== undefined"],
		['if (next === "") return dots.length', "a heuristic's bound: no example has two hundred dots and blanks", "dots.length"],
		["const goesOn = mayTalk", "a gap: no example goes on with dots in a table's row", "block.table === undefined"],
		["text", "a sentence of two hundred characters says more than is asked for: effort alone", "text .slice(-longest"],
	),
	...inFile(
		"chain/continuation/read-lead-in.ts",
		["if (!begun && from === 0) {", "a gap: no example has the title again behind another lead-in, or one that begins as a lead-in does"],
		["const sentence = spoken.slice(0, end.index)", "all that read it pass over blanks at its end", "spoken.slice"],
		["test(after) && end[0] !==", waitsAnyhow, 'end[0] !== "'],
		["test(after) && end[0] !==", waitsAnyhow, '"\\n"'],
		['if (spoken === "") return', "every opener begins with nothing, so that more is waited for below as well"],
		["const saysSo = endsLine", "a gap: no example has a lead-in between brackets that says nothing of the answer or of going on alone"],
		["const introduces = !stops", unsureOpening, "!stops &&"],
		["const introduces = !stops", unsureOpening, "/[:：]/u.test(end[0]) ||"],
	),
	...inFile(
		"chain/continuation/read-unknown.ts",
		[
			"if (block.code === undefined && !block.withinSentence)",
			"a gap: no example has a lead-in in an unknown language within code that broke off behind a sign",
			"block.code === undefined",
		],
		["if (lines === mostUnknown ||", "a gap: no example has a lead-in in an unknown language behind a model's own token"],
		[
			"const rest = head.slice(behind).trimStart()",
			"the fence that follows is an opening of its own, and as sure; at most one more character is waited for",
			"head.slice(behind)",
		],
		["const isProse = words.test(head.slice(from))", "a gap: no example has a second line of prose within code", "head.slice(from)"],
	),
	...inFile(
		"chain/continuation/retrace.ts",
		['let firstUnit = ""', overwritten],
		["let stretch: Stretch =", noStretch],
		["let fromStart: Stretch =", noStretch],
		["for (const start of beginnings ?? [])", "what is no place has no character", "[]"],
		["if (last !== undefined &&", typed, "last !== undefined"],
		["const begun = starts.find", "the first of the list is in the list", "start === first"],
		["if (atWord || withinWords", bounded, "atWord || withinWords"],
		["if (atWord) atWords", bounded, "atWord"],
		["else withinWords += 1", bounded],
		["index = index === 0 ? -1", "the first character is found again and again, until there are enough"],
		["return other.length === 1 ?", "a gap: no example begins with a letter whose other case is two letters (ß)", "other.length"],
	),
	...inFile(
		"chain/continuation/separator-row.ts",
		["const next = text.slice(begin", "a gap: no example has blanks behind a table's row", "text.slice(begin"],
		["const next = text.slice(begin", "it is decided when the line's end comes, before anything stands behind it", "lineEnd === -1"],
		['if (!next.startsWith("|") ||', withoutBar],
		["if (cells(row + next) === columns", withoutBar, '"|"'],
		['const header = block.table?.header ?? ""', "neither is a header", '""'],
		['const cell = parts[last] ?? ""', "a gap: no example has a cut row of more cells than its header", '""'],
		[
			": cell.trimStart().length",
			"a gap: no example has a cell that was cut in its blanks and has others in the new row",
			"cell.trimStart",
		],
		['return row.split("|").length - 2', "numbers of cells are only held against each other"],
	),
	...inFile(
		"chain/continuation/splice-judge.ts",
		["const longestHead =", undecided, "block.table"],
		["let openings: Openings =", "the first character brings a new list, and no text at all has no use for it", "[]"],
		["if (!openings.pending) return", lookedAgain, "!openings.pending"],
		["openings = head.length < longestHead", undecided, "head.length"],
		["for (const opening of openings.openings.slice", "a place that is there twice comes out the same twice", "openings.openings.slice"],
		["if (found !== undefined) return behindRepetition", lookedAgain, "found !== undefined"],
		["if (place.rejected) continue", lookedAgain, "place.rejected"],
		["const judged = retrace.hits.slice(-16)", "it bounds the effort: no example repeats itself so often", "retrace.hits.slice"],
		["if (refused === undefined) return undefined", refusalAtEnd],
		["if (refused) continue", refusalAtEnd, "refused"],
		["(divergence() ?? refusal(false))", "whether it is known to be none or not known makes no difference here", "false"],
		["return openings.openings", closingSigns, "openings.openings .filter"],
		[".filter(({ kind, ...each }) =>", closingSigns, "each.at <= at"],
		[".filter(({ kind, ...each }) =>", closingSigns, '"fence"'],
		['?.[0] ?? "")', "the pattern finds something in every text, be it nothing", '""'],
		["place.diverged ??= hasDiverged", mayBeginAnew, '"instruction"'],
		['.join("");', "what stands between them has none of the signs that are looked for"],
		["const closing = around ===", noSigns, 'around === ""'],
		["const closing = around ===", noSigns, '""'],
		["!block.withinSentence || way ===", emptyLine, '"prefill"'],
		['if (way === "prefill" && visible.spaceAtEnd', cutPrefill, '""'],
		[".filter(({ kind, ...each }) =>", closingSigns, "kind ==="],
		[".filter(({ kind, ...each }) =>", closingSigns, "block.code"],
		[
			"if (place.retrace.alive) place.diverged",
			"it is only asked where none goes over what was sent any more, or once at the end",
			"place.retrace.alive",
		],
		["place.diverged ??= hasDiverged", mayBeginAnew, "head.slice"],
		["place.diverged ??= hasDiverged", mayBeginAnew, 'way === "instruction"'],
		["place.diverged ??= hasDiverged", mayBeginAnew, "!/^"],
		["const closing = around ===", "a gap: no example has an odd sign in a line before the last one", "visible.text.slice"],
		["if (block.code !== undefined || block.table !== undefined || !block.withinSentence ||", emptyLine, "block."],
		["if (block.code !== undefined || block.table !== undefined || !block.withinSentence ||", emptyLine, "way ==="],
		[
			"const breaks = rest.slice(0, space)",
			"it is decided with the first character behind the white space; no example has waited, and has another line behind that",
			"rest.slice",
		],
		["const introduces = openings.openings.some", leadsIn, 'kind === "preamble"'],
		['if (way === "prefill" && visible.spaceAtEnd', cutPrefill, "visible.spaceAtEnd"],
		["return space === undefined ? undefined", allWhite, "space === undefined"],
		["return offset === undefined ? undefined : { state", cutPrefill, "offset === undefined"],
		['return head === " " && !ended', allWhite],
		["if (head.length < longestHead) head", "behind its bound nothing of it is read: memory alone", "head.length"],
		["const text = head.slice(at);", "a gap: no example turns on the blank behind a lead-in or a quote", "head.slice"],
		["return /[:：][*_]*$/u.test(head", leadsIn, "/[:：][*_]*$/u.test("],
	),
	...inFile(
		"chain/continuation/value-judge.ts",
		['const traces = before === ""', "the same trace twice comes out the same"],
		[
			'let spaceNew = ""',
			"before the first sign there is nothing that it could split, and there it is emptied; a gap is a text of white space alone",
		],
		['? "differs" : "passed"', otherStates, '"differs"'],
		['state = "differs";', otherStates],
		['keepOwnSpace("");', "how much white space is new does not depend on what follows it", '""'],
		[
			"const cursor: Cursor =",
			"a gap: no example has a text that begins with a quote; a value begins with a bracket, which takes it back",
			"false",
		],
		["while (!cursor.inString && cursor.at < sent.length", behindEnd, "cursor.at < sent.length"],
		[
			"if (!cursor.inString) ownSpace",
			"a gap: no example breaks off behind a blank within a string and goes on with another one",
			"!cursor.inString",
		],
		["if (!cursor.inString) ownSpace", "a gap: no example has more white space at its very end than was sent", "true"],
		[
			"if (!cursor.inString && isJsonSpace",
			"who differs does not come to the end, and who has passed is not asked again",
			'state === "within"',
		],
		[
			"if (cursor.at === sent.length && !spaceSent",
			"the white space goes out with the next character, or at the end; an answer of nothing begins anew",
			"cursor.at",
		],
		['if (state !== "within") return;', twoTraces],
		['before.trim() === ""', "what is no white space is the last of what is before", "before.trim()"],
		['if (state !== "within" || cursor.at < sent.length)', twoTraces, 'state !== "within"'],
	),
	...inFile(
		"chain/continuation/visible-text.ts",
		["if (index > 0 && offset(index - 1) === at)", "before the first there is no place", "index > 0"],
		["if (index === 0 || offset(index - 1)", "white space, or nothing, before a character is no word, so that the last line says the same"],
		['return end <= start ? ""', "of nothing but the beginning is asked, where nothing comes out as well", "end <= start"],
	),
	...inFile(
		"chain/continuation/without-thinking.ts",
		['? "answering" : "beginning"', otherStates, '"beginning"'],
		[
			'state = "answering";',
			"a gap: no example is decided with the very first character behind the thoughts: they would be handed out with it",
			'"answering"',
		],
		[
			"recent = (recent + character).trimStart()",
			"no example has a blank within such a sign; before it both take the white space away",
			"(recent",
		],
	),
	...inFile(
		"chain/continuation/preamble-words.ts",
		['"u",', plainPattern, '"u"'],
		["const courtesies =", plainPattern, '"u"'],
		["export const polite", plainPattern, '"u"'],
		['? "perhaps" : "surely"', "only `no` and `surely` are looked for", '"perhaps"'],
		[
			'"|",',
			"a gap: no example goes on with a text that begins with a letter of these, and would be waited for as if it were a refusal",
			'"|"',
		],
	),
	...inFile(
		"chain/continuation/is-finished.ts",
		['if (table !== undefined) return line.endsWith("|")', noLastBar, "line.endsWith"],
		['if (table !== undefined) return line.endsWith("|")', noLastBar, '"|"'],
	),
];
