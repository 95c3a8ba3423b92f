import { durationPattern, readDuration, readTime } from "./read-time.ts";

/** As much of a text is looked at. */
const longestText = 10_000;

/** Words that may stand before a duration. */
const about = "(?: (?:at least|about|around|approximately|roughly|another|a further|up to|the next|a|~|≈)\\b)*[ ~≈:=\"'(]*";
/** What may stand between "try" or "retry" and "in". */
const object = "(?: (?:again|your|the|this|that|requests?|it|call|message|quota|limit|will|be|automatically|available))*";
const cues = [
	`\\b(?:try|retry|retrying|again|back|resets?|resumes?|renews?)\\b${object}[ -](?:in|after|within)`,
	"\\bavailable(?: again)? in",
	"(?:^|[.!,;:]|\\b(?:please|must|should|to|and|or|then)) ?wait(?: for)?",
	"\\bretry[-_ ]?after\\b",
];
const inWords = new RegExp(`(?:${cues.join("|")})${about}(${durationPattern})`, "i");
/** Without a unit, seconds are meant, where nothing else follows. */
const bare = /\bretry[-_ ]?(?:after|in)(?:[-_ ](?:seconds?|secs?))?["']? ?[:=]? ?["']?(\d+(?:\.\d+)?)(?= ?(?:$|[,;)"'}\]]|\.(?!\d)))/i;
/** Google's, where it is no JSON: `"retryDelay": "17s"`, `retry_delay { seconds: 23 }`. */
const delay = /\bretry_?delay["']? ?[:={]? ?\{? ?(?:["']?seconds["']? ?: ?)?["']?(\d+(?:\.\d+)?)(?:s\b|["' }])/i;
const atDate =
	/\b(?:again|retry|resets?|available)\b(?: (?:at|on|after|until))?[ :]{1,2}(\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)/i;

/**
 * What a text says of when to ask again: "Please try again in 7.66s", "Retry after 20 seconds", "Your quota will reset after 18h31m10s". Numbers that are about
 * something else, such as limits, are passed over.
 *
 * @param text - what a person is meant to read
 * @param now - the clock, in milliseconds since 1970
 * @returns milliseconds from now; undefined where it says nothing of the kind
 */
export function readWaitInWords(text: string, now: number): number | undefined {
	// One space each, and no signs of quoted JSON, so that the patterns have one way to read it, however long it is.
	const line = text.slice(0, longestText).replaceAll("\\", "").replaceAll(/\s+/g, " ");
	const duration = inWords.exec(line)?.[1];
	if (duration !== undefined) return readDuration(duration);
	const seconds = (delay.exec(line) ?? bare.exec(line))?.[1];
	if (seconds !== undefined) return Number(seconds) * 1000;
	const date = atDate.exec(line)?.[1];
	return date === undefined ? undefined : readTime(date, now);
}
