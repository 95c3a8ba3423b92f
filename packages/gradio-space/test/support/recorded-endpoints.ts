import { readFile } from "node:fs/promises";

import { parseSpaceConfig, type SpaceConfig } from "../../src/handshake/space-config.ts";
import { describeEndpoints } from "../../src/introspect/describe-endpoints.ts";
import type { EndpointInfo } from "../../src/introspect/endpoint-info.ts";
import { parseInfo } from "../../src/introspect/read-info.ts";

/** The versions whose words were recorded. */
export const recordedVersions = ["3.50.2", "4.0.2", "4.44.1", "5.50.0", "6.31.0"] as const;

export type RecordedVersion = (typeof recordedVersions)[number];

/** What an app says at `/config` and `/info`; endpoints.py says how it was found out. */
export interface RecordedApp {
	readonly config: { readonly components: readonly object[]; readonly dependencies: readonly object[] };
	readonly info: object;
}

const text = await readFile(new URL("../recordings/endpoints.json", import.meta.url), "utf8");
const recorded = JSON.parse(text) as Record<RecordedVersion, Record<"controls" | "chat-interface", RecordedApp>>;

export function recordedApp(version: RecordedVersion, app: "controls" | "chat-interface"): RecordedApp {
	return recorded[version][app];
}

/** Its config. */
export function recordedConfig(version: RecordedVersion, app: "controls" | "chat-interface"): SpaceConfig {
	const config = parseSpaceConfig(JSON.stringify(recordedApp(version, app).config));
	if (config === undefined) throw new Error("The recorded config cannot be read");
	return config;
}

/** Its functions; without `/info`, from its config alone. */
export function recordedEndpoints(version: RecordedVersion, app: "controls" | "chat-interface", withInfo = true): readonly EndpointInfo[] {
	return describeEndpoints(recordedConfig(version, app), withInfo ? parseInfo(JSON.stringify(recordedApp(version, app).info)) : undefined);
}
