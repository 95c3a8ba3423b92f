/** The environment variables of a server: this process's, and those that keep it from the network. */
export function serverEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
	const { PYTHONDONTWRITEBYTECODE: _, ...env } = process.env;
	return { ...env, PYTHONUNBUFFERED: "1", NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost", HF_HUB_OFFLINE: "1", ...more };
}
