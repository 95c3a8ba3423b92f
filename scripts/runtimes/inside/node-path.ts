/** Paths with slashes, as the workspace's files are told to the tunnel. */
export const sep = "/";
export const join = (...parts: readonly string[]): string => new URL(`file:///${parts.join("/").replace(/^\/+/, "")}`).pathname;
export const dirname = (path: string): string => path.replace(/\/[^/]*$/, "") || "/";
export const basename = (path: string): string => path.replace(/^.*\//, "");
