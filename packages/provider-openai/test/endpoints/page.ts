import type { Endpoint, EndpointKind } from "../../src/endpoints/endpoint.ts";
import { endpoints } from "../../src/endpoints/endpoints.ts";
import { quirksInWords } from "./quirks-in-words.ts";

const kinds: Readonly<Record<EndpointKind, { readonly title: string; readonly about: string }>> = {
	keyless: { title: "Without a key", about: "They answer anybody, slowly and not for sure." },
	free: {
		title: "With a free key",
		about: "They answer without payment to those who have a key. No card is asked for, unless it is said.",
	},
	unverified: { title: "With a free key, and little known", about: "Only their addresses are known. They are asked as OpenAI is." },
	restricted: {
		title: "Not for everybody",
		about: "Their terms, or a check of who one is, keep most people out: read them before you name one of these.",
	},
	local: {
		title: "On your own machine",
		about: "They are there where you have started them, and need no key unless you have given them one.",
	},
	paid: { title: "Paid", about: "Their limits are those of your contract: what they say of them in their answers is heeded." },
};

const head = `---
title: Endpoints
---

# Endpoints

The endpoints that \`@spaceport/provider-openai\` knows by name, made from its data ([endpoints.ts](https://github.com/spaceport-ai/spaceport/blob/main/packages/provider-openai/src/endpoints/endpoints.ts)) by
\`npm run endpoints\`.

{tried} What stands here was gathered from public sources in November 2026: free offers change from week to week. The day of the last live check stands with each endpoint. Ids with an
asterisk come from lists that others keep.

\`\`\`ts
import { createSpaceport } from "@spaceport/core";
import { createGroq, createOpenAICompatible } from "@spaceport/provider-openai";

const spaceport = createSpaceport({
  providers: [createGroq({ apiKey: "gsk_0123456789" }), createOpenAICompatible({ endpoint: "ovhcloud" })],
  chains: { default: ["groq", "ovhcloud"] },
});
\`\`\`

On the command line an id is a provider, and the key comes from the environment variable: \`GROQ_API_KEY=… spaceport ask --provider groq "Hello"\`.

- **Limits** are those of the free tier, and kept by Spaceport over all models of an endpoint. Several keys of one account have one limit: it is divided among them. \`plan: "paid"\` leaves them out, and \`limits\` sets others.
  They are counted by each provider that is made: two of one endpoint, or two programs, know nothing of each other.
- **Default** says whether an endpoint may be part of a chain that nobody has put together by hand: never one that logs prompts or trains on them, never one whose terms forbid it. Where there is no key, and so nobody who has chosen it,
  it must be known that it does neither.
- **Terms**: one account for each person, nothing sold on, no load that a business depends on. That is common to all of them.
`;

/** The page of the docs. */
export function page(): string {
	const all = Object.values(endpoints);
	const sections = (Object.keys(kinds) as EndpointKind[]).map((kind) =>
		section(
			kind,
			all.filter((endpoint) => endpoint.kind === kind),
		),
	);
	const tried = all.filter(({ checked }) => checked !== undefined).length;
	const words = tried === 0 ? "**None of them has been tried yet.**" : `${tried} of ${all.length} have been tried.`;
	return [head.replace("{tried}", words), ...sections].join("\n");
}

function section(kind: EndpointKind, members: readonly Endpoint[]): string {
	const { title, about } = kinds[kind];
	return [
		`## ${title}`,
		"",
		about,
		"",
		"| id | endpoint | key | logs prompts | trains on them | default | last live check |",
		"|---|---|---|---|---|---|---|",
		...members.map(row),
		"",
		...members.map(details),
	].join("\n");
}

function row({ id, title, website, key, account, privacy, default: isDefault, checked }: Endpoint): string {
	const variables = [key.variable, account?.variable].filter((one) => one !== undefined).map((one) => `\`${one}\``);
	const need = key.need === "required" ? "" : key.anonymous === undefined ? "not needed" : "not needed (an anonymous one is sent)";
	const cells = [
		`\`${id}\``,
		website === undefined ? title : `[${title}](${website})`,
		[need, variables.join(" and ")].filter(Boolean).join("; "),
		answer(privacy.logsPrompts),
		answer(privacy.trains),
		isDefault ? "yes" : "no",
		checked ?? "none yet",
	];
	return `| ${cells.join(" | ")} |`;
}

const answer = (value: boolean | "unknown"): string => (value === "unknown" ? "not known" : value ? "**yes**" : "no");

function details(endpoint: Endpoint): string {
	const {
		id,
		aliases = [],
		title,
		baseUrl,
		key,
		models,
		limits,
		limitsWithKey,
		shares,
		timeouts,
		quirks,
		privacy,
		terms,
		freeTier,
		note,
	} = endpoint;
	const lines = [
		["Address", `\`${baseUrl}\`${aliases.length === 0 ? "" : `. Also called ${aliases.map((name) => `\`${name}\``).join(", ")}`}`],
		["Key", key.page === undefined ? "" : `<${key.page}>`],
		["Models", models.map((model) => `\`${model.id}\`${model.secondHand ? "\\*" : ""}`).join(", ") || "its own list is read"],
		["Without paying", freeTier],
		["Limits that are kept", limitsInWords(limits, limitsWithKey, shares)],
		[
			"Deadlines",
			timeouts === undefined
				? ""
				: Object.entries(timeouts)
						.map(([name, value]) => `\`${name}\` ${value / 1000} s`)
						.join(", "),
		],
		["How it differs", quirksInWords(quirks, baseUrl).join("; ")],
		["Privacy", privacy.note],
		["Terms", terms.note],
		["Note", note ?? ""],
	].filter(([, text]) => text !== "");
	return [`### ${title} (\`${id}\`)`, "", ...lines.map(([name, text]) => `- **${name}**: ${text}`), ""].join("\n");
}

function limitsInWords(limits: Endpoint["limits"], withKey: Endpoint["limits"], shares: Endpoint["shares"]): string {
	const words = (some: object): string =>
		Object.entries(some)
			.map(([name, value]) => `\`${name}\` ${Number(value).toLocaleString("en")}`)
			.join(", ");
	const parts = [limits === undefined ? "" : words(limits), withKey === undefined ? "" : `with a key ${words(withKey)}`].filter(Boolean);
	const counted = shares === undefined ? "" : `counted by ${shares}`;
	return [parts.join("; ") || (shares === undefined ? "" : "none"), counted].filter(Boolean).join("; ");
}
