import { readFileSync } from "node:fs";
import type { SpaceportEvent } from "@spaceport/core";
import { expect, test } from "vitest";

/** The compiler sees to it that none is missing here, and none too many. */
const types: Record<SpaceportEvent["type"], true> = {
	"attempt-start": true,
	queued: true,
	"first-chunk": true,
	"attempt-end": true,
	retry: true,
	fallback: true,
	seam: true,
	cooldown: true,
	recovered: true,
	"left-out": true,
	waiting: true,
	warning: true,
};

interface Field {
	readonly name: string;
	readonly optional: boolean;
	readonly meaning: string;
}

interface Event {
	readonly type: string;
	readonly meaning: string;
	readonly hasIdentity: boolean;
	readonly fields: readonly Field[];
}

const source = readFileSync(new URL("../../packages/core/src/events.ts", import.meta.url), "utf8");

function fieldsOf(body: string): readonly Field[] {
	const declared = [...body.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name);
	const found = [...body.matchAll(/\/\*\* (.+?) \*\/\s+readonly (\w+)(\??):/g)].map(([, meaning = "", name = "", mark]) => ({
		name,
		optional: mark === "?",
		meaning,
	}));
	// A field without its meaning is one that the page would not have.
	expect(found.map(({ name }) => name)).toEqual(declared.filter((name) => name !== "type"));
	return found;
}

/** The events of the union, in its order, each with what its doc comments say. */
function events(): readonly Event[] {
	const union = /export type SpaceportEvent =([^;]+);/.exec(source)?.[1] ?? "";
	return [...union.matchAll(/\w+/g)].map(([name]) => {
		const declaration = new RegExp(
			`/\\*\\* ([^\\n]+) \\*/\\nexport interface ${name}( extends AttemptIdentity)? \\{([\\s\\S]*?)\\n\\}`,
		).exec(source);
		if (declaration === null) throw new Error(`${name} has no doc comment of one line.`);
		const [, meaning = "", base, body = ""] = declaration;
		return { type: /type: "([\w-]+)"/.exec(body)?.[1] ?? "", meaning, hasIdentity: base !== undefined, fields: fieldsOf(body) };
	});
}

function rows(fields: readonly Field[]): string {
	return [
		"| field | meaning |",
		"|---|---|",
		...fields.map(({ name, optional, meaning }) => `| \`${name}\`${optional ? "?" : ""} | ${meaning} |`),
	].join("\n");
}

test("the page has every event with all its fields", async () => {
	const identity = /interface AttemptIdentity \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? "";
	const all = events();
	expect(all.map(({ type }) => type).sort()).toEqual(Object.keys(types).sort());
	const written = [
		`Those of an attempt have its identity; ${all
			.filter(({ hasIdentity }) => !hasIdentity)
			.map(({ type }) => `\`${type}\``)
			.join(", ")} have only the fields in their tables. A \`?\` marks what may be absent.`,
		rows(fieldsOf(identity)),
		...all.flatMap(({ type, meaning, hasIdentity, fields }) => [
			`### \`${type}\``,
			meaning,
			hasIdentity && fields.length > 0 ? "Beside the attempt's identity:" : hasIdentity ? "It has the attempt's identity alone." : "",
			fields.length === 0 ? "" : rows(fields),
		]),
	]
		.filter((part) => part !== "")
		.join("\n\n");
	const page = new URL("../../docs/guides/events.md", import.meta.url);
	const text = readFileSync(page, "utf8");
	const [before, after] = [text.slice(0, text.indexOf("<!-- events -->")), text.slice(text.indexOf("<!-- /events -->"))];
	expect(before.length * after.length).toBeGreaterThan(0);
	await expect(`${before}<!-- events -->\n\n${written}\n\n${after}`).toMatchFileSnapshot(page.pathname);
});
