/** The part of a packed package.json that is looked at. */
export interface PackedManifest {
	readonly name: string;
	readonly version: string;
	readonly type?: string;
	readonly license?: string;
	readonly engines?: Readonly<Record<string, string>>;
	readonly exports?: Readonly<Record<string, unknown>>;
	readonly bin?: Readonly<Record<string, string>>;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly peerDependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** What must not leave the workspace: its own export condition, its sources, and version ranges that only pnpm understands. */
export function manifestFaults(manifest: PackedManifest): string[] {
	const faults: string[] = [];
	const exports = JSON.stringify(manifest.exports ?? {});
	if (manifest.exports === undefined) faults.push("has no exports");
	if (exports.includes("@spaceport/source")) faults.push("its exports still have the condition @spaceport/source");
	if (exports.includes("/src/")) faults.push("its exports lead to sources");
	if (manifest.type !== "module") faults.push("is not ESM");
	if (manifest.license !== "MIT") faults.push("has no licence");
	if (manifest.engines?.node !== ">=22.12") faults.push("does not say that it needs Node >=22.12");
	for (const field of ["dependencies", "peerDependencies", "optionalDependencies"] as const) {
		for (const [name, range] of Object.entries(manifest[field] ?? {})) {
			if (/^(workspace|catalog|link|file):/.test(range)) faults.push(`its ${field} have ${name} as ${range}`);
		}
	}
	return faults;
}
