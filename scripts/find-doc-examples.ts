import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A block of TypeScript in a page or in a doc comment. */
export interface DocExample {
	/** The file that holds it, from the root of the workspace. */
	readonly file: string;
	/** The line of its opening fence, counted from 1. */
	readonly line: number;
	readonly code: string;
	/** Why it is not checked, from a fence such as "ts no-check shows a shape, not a program"; empty where no reason is given. */
	readonly skipped: string | undefined;
}

const pages = [
	"README.md",
	"CONTRIBUTING.md",
	"packages/*/README.md",
	"packages/*/src/**/README.md",
	"examples/README.md",
	"docs/*.md",
	"docs/guides/*.md",
	"docs/decisions/*.md",
];

/** Finds the ```ts blocks of every README and guide, and of every doc comment in the packages' sources. */
export function findDocExamples(root: string): DocExample[] {
	const inPages = globSync(pages, { cwd: root }).flatMap((file) => fencedBlocks(file, readFileSync(join(root, file), "utf8")));
	const inComments = globSync("packages/*/src/**/*.ts", { cwd: root }).flatMap((file) => {
		const source = readFileSync(join(root, file), "utf8");
		return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
			const before = source.slice(0, comment.index).split("\n").length - 1;
			const text = comment[0].replace(/^[ \t]*\*(?!\/) ?/gm, "");
			return fencedBlocks(file, text).map((example) => ({ ...example, line: example.line + before }));
		});
	});
	return [...inPages, ...inComments].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** The TypeScript blocks of a Markdown text. Indented fences, as in lists, count too. */
export function fencedBlocks(file: string, text: string): DocExample[] {
	return [...text.matchAll(/^([ \t]*)```(?:ts|typescript)\b([^\n]*)\n([\s\S]*?)^[ \t]*```[ \t]*$/gm)].map((match) => {
		const [, indent = "", info = "", code = ""] = match;
		const optOut = /^\s*no-check\b(.*)$/.exec(info);
		return {
			file,
			line: text.slice(0, match.index).split("\n").length,
			code: indent === "" ? code : code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
			skipped: optOut?.[1]?.trim(),
		};
	});
}
