import { answerTokens } from "../answer.ts";

/** Stands for the job's id in prepared bytes, and is as long as one. */
export const idInBytes = "00000000000000000000000000000000";

/** The two Gradios that are faked: 5.50.0 sends differences (`sse_v3`), 4.16.0 whole values (`sse_v1`). */
export type FakedGradio = "5.50.0" | "4.16.0";

/**
 * The events of one call of `/model_chat`, byte for byte as a real server sends them, but for the job's id and the times.
 *
 * @param gradio - which Gradio
 * @param question - what was asked
 * @param system - the system prompt, which is the third output
 * @param tokens - the pieces of the answer
 */
export function spaceEvents(gradio: FakedGradio, question: string, system: string, tokens: readonly string[]): string[] {
	return gradio === "5.50.0" ? differenceEvents(question, system, tokens) : wholeEvents(question, system, tokens);
}

/** Ends a session's stream, after the last of its jobs; 4.16.0 ends it without a word. */
export const closeStream: Readonly<Record<FakedGradio, string>> = {
	"5.50.0": toEvent(`{"msg":"close_stream","event_id":null}`),
	"4.16.0": "",
};

/** What a fake server sends for a plan. */
export function plannedEvents(gradio: FakedGradio, question: string, tokens: number): string[] {
	return spaceEvents(gradio, question, "", answerTokens(tokens));
}

function differenceEvents(question: string, system: string, tokens: readonly string[]): string[] {
	const json = JSON.stringify;
	const id = `"event_id":"${idInBytes}"`;
	const facts = (generating: boolean): string =>
		`"is_generating":${generating},"duration":0.00010132789611816406,"average_duration":0.007157974772983127,"render_config":null,"changed_state_ids":[]`;
	const whole = (answer: string): string => `["",[[${json(question)},${json(answer)}]],${json(system)}]`;
	const step = (data: string): string =>
		`{"msg":"process_generating",${id},"output":{"data":${data},${facts(true)}},"success":true,"time_limit":null}`;
	const [first = "", ...rest] = tokens;
	return [
		`{"msg":"estimation",${id},"rank":0,"queue_size":1,"rank_eta":0.0084686279296875}`,
		`{"msg":"process_starts",${id},"eta":0.0084686279296875}`,
		step(whole(first)),
		...rest.map((token) => step(`[[],[["append",[0,1],${json(token)}]],[]]`)),
		`{"msg":"process_completed",${id},"output":{"data":${whole(tokens.join(""))},${facts(false)}},"success":true,"title":null}`,
	].map(toEvent);
}

/** Python's JSON of those days: blanks after commas and colons, nothing beyond ASCII. */
function wholeEvents(question: string, system: string, tokens: readonly string[]): string[] {
	const id = `"event_id": "${idInBytes}"`;
	const facts = `"is_generating": true, "duration": 0.00010132789611816406, "average_duration": 0.007157974772983127`;
	const whole = (answer: string): string => `["", [[${asciiJson(question)}, ${asciiJson(answer)}]], ${asciiJson(system)}]`;
	const message = (msg: string, answer: string): string =>
		`{"msg": "${msg}", ${id}, "output": {"data": ${whole(answer)}, ${facts}}, "success": true}`;
	let answer = "";
	return [
		`{"msg": "estimation", ${id}, "rank": 0, "queue_size": 1, "rank_eta": 0.0084686279296875}`,
		`{"msg": "process_starts", ${id}, "eta": 0.0084686279296875}`,
		...tokens.map((token) => {
			answer += token;
			return message("process_generating", answer);
		}),
		message("process_completed", tokens.join("")),
	].map(toEvent);
}

function asciiJson(text: string): string {
	return JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function toEvent(data: string): string {
	return `data: ${data}\n\n`;
}
