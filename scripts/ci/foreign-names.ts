/** Hosts of package registries, written so that this file names none. */
const registryHosts = [
	"registry\\.(?:npmjs|yarnpkg)\\.\\w+",
	"npm\\.pkg\\.\\w+",
	"(?:files\\.pythonhosted|test\\.pypi|pypi)\\.org",
	"deb\\.debian\\.\\w+",
];

/** Folders of one machine: a home, a temporary folder, a workplace's root. A path within a URL, or within another path, is none. */
const machinePaths = ["(?<![\\w./~$}*:-])/(?:root|home/\\w+|Users/\\w+|work|tmp|private/tmp|var/folders)/[\\w.-]+"];

const foreign = new RegExp([...registryHosts, ...machinePaths].join("|"), "g");

/** Finds what names a registry's host or a path of a machine in a text. */
export function findForeignNames(text: string): { line: number; text: string }[] {
	return text.split("\n").flatMap((line, index) => [...line.matchAll(foreign)].map((match) => ({ line: index + 1, text: match[0] })));
}
