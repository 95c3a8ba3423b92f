import type { ChatFunction } from "./chat-function.ts";
import type { ChatPlan } from "./chat-plan.ts";
import { describeFunction, nameOf } from "./describe-function.ts";
import { type Candidate, directChat } from "./direct-chat.ts";
import { withNativeHistory } from "./native-history.ts";
import { pageChats } from "./page-chat.ts";

/** How a Space is chatted with, or why it cannot be, in words. */
export type Recognition = { readonly plan: ChatPlan } | { readonly refusal: string };

const mostShown = 6;

/**
 * Finds out how a Space is chatted with, from what it says about its functions: the kinds, names, labels and defaults of what they take and give, and which of them
 * the page calls one after another. Nothing is called. Where two different functions fit equally, none is chosen.
 *
 * @param functions - the Space's functions
 * @param apis - only these, by their names; an author's word counts for more than a function's looks
 */
export function recogniseChat(functions: readonly ChatFunction[], apis?: readonly string[]): Recognition {
	const wanted = apis?.map((api) => api.replace(/^\/*/, "/"));
	const isWanted = ({ name }: ChatFunction): boolean => wanted === undefined || (name !== undefined && wanted.includes(name));
	if (wanted !== undefined && !functions.some(isWanted)) {
		const names = functions.flatMap(({ name, undocumented }) => (name === undefined || undocumented === true ? [] : [name]));
		return { refusal: `it has no function ${wanted.join(" or ")}. It has ${names.slice(0, 20).join(" and ") || "none with a name"}.` };
	}
	const pages = pageChats(functions);
	const judged = functions.filter(isWanted).map((fn) => {
		const page = pages.find(({ last }) => last === fn);
		// The page calls another function after it, which answers.
		const leadsTo = pages.find(({ functions: [root] }) => root === fn);
		if (page !== undefined) return { fn, found: page.candidate };
		if (leadsTo === undefined) return { fn, found: directChat(fn, wanted !== undefined) };
		if (wanted !== undefined) return { fn: leadsTo.last, found: leadsTo.candidate };
		const found = { why: `puts the message into the chat, and leaves the answer to ${nameOf(leadsTo.last)}` };
		return { fn, found };
	});
	const candidates = unique(judged.flatMap(({ fn, found }) => ("why" in found ? [] : [{ fn, ...found }])));
	candidates.sort((first, second) => second.score - first.score);
	const [best, second] = candidates;
	if (best === undefined) return { refusal: describeAll(judged.map(({ fn, found }) => ({ fn, why: "why" in found ? found.why : "" }))) };
	if (second !== undefined && second.score === best.score) {
		const equal = candidates.filter(({ score }) => score === best.score).map(({ fn }) => describeFunction(fn));
		return { refusal: `several functions fit equally: ${equal.slice(0, mostShown).join(" and ")}.` };
	}
	return { plan: withNativeHistory(best.fn, best.plan, functions, pages) };
}

/** Functions that are set off in several ways are listed several times, as `/chat` and `/chat_1`. What the page sets off by a key and by a button is what it is for. */
function unique<One extends Candidate & { readonly fn: ChatFunction }>(candidates: readonly One[]): One[] {
	const seen = new Map<string, One>();
	for (const candidate of candidates) {
		const { name, parameters, outputs } = candidate.fn;
		const kinds = (values: ChatFunction["outputs"]): string => values.map(({ component, label = "" }) => `${component} ${label}`).join();
		const key = [name?.replace(/_\d+$/, "") ?? "", kinds(parameters), kinds(outputs)].join("\n");
		const first = seen.get(key);
		seen.set(key, first === undefined ? candidate : { ...first, score: Math.floor(first.score * 2) / 2 + 0.25 });
	}
	return [...seen.values()];
}

function describeAll(judged: readonly { readonly fn: ChatFunction; readonly why: string }[]): string {
	// What a page needs beside what its author documents is not worth a word.
	const isSeen = (values: ChatFunction["outputs"]): boolean => values.some(({ hidden }) => !hidden);
	const shown = judged.filter(({ fn }) => fn.undocumented !== true && isSeen(fn.parameters) && isSeen(fn.outputs));
	const rest = shown.length === 0 ? judged : shown;
	if (rest.length === 0) return "it has no functions that can be called.";
	const words = rest.slice(0, mostShown).map(({ fn, why }) => `${describeFunction(fn)} ${why}`);
	return `${[...words, ...(rest.length > mostShown ? [`${rest.length - mostShown} more`] : [])].join("; ")}.`;
}
