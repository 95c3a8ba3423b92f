import type { ProxySettings } from "./environment.ts";

/**
 * Sends every request of this process through the proxies: `fetch` takes its connections from undici's global dispatcher, in Node's own undici and in the
 * package alike.
 *
 * @param settings - the proxies, checked before
 */
export async function useProxy(settings: ProxySettings): Promise<void> {
	// Loaded here because few need it, and it costs time at every start.
	const { EnvHttpProxyAgent, setGlobalDispatcher } = await import("undici");
	// Proxies let CONNECT through to port 443 and often nowhere else: plain http goes to the proxy as a request.
	setGlobalDispatcher(new EnvHttpProxyAgent({ ...settings, proxyTunnel: false }));
}
