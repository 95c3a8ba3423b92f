/**
 * Whether a list allows an address. A name with a port allows that port alone; `*.` stands for one or more names before it, and not for none.
 *
 * @param url - the address
 * @param hosts - the list
 */
export function isAllowedHost({ hostname, host, port }: URL, hosts: readonly string[]): boolean {
	return hosts.some((allowed) => {
		const name = allowed.toLowerCase();
		if (!name.startsWith("*.")) return name === hostname || name === host;
		const [suffix = "", wantedPort] = name.slice(1).split(":");
		return hostname.endsWith(suffix) && hostname.length > suffix.length && (wantedPort === undefined || wantedPort === port);
	});
}
