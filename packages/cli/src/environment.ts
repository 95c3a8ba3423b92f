import { InvalidRequestError } from "@spaceport/core";

/** The proxies that the environment names. */
export interface ProxySettings {
	/** For `http:` addresses. */
	readonly httpProxy?: string;
	/** For `https:` addresses; without it they go through `httpProxy`. */
	readonly httpsProxy?: string;
	/** Hosts that are reached without a proxy, with commas between them; `*` means all. */
	readonly noProxy: string;
}

/** What the command line takes from the environment. Nothing else in Spaceport reads it. */
export interface Environment {
	/** A Hugging Face token. */
	readonly token?: string;
	/** Absent where no proxy is named. */
	readonly proxy?: ProxySettings;
	/** Values that must not be shown. */
	readonly secrets: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads `HF_TOKEN`, `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; the proxy variables in lower case come first, as curl has it.
 *
 * @param variables - the process's environment
 * @throws InvalidRequestError that names the variable, and not its value
 */
export function readEnvironment(variables: Variables): Environment {
	const token = readToken(variables);
	const httpProxy = readProxy(variables, "HTTP_PROXY");
	const httpsProxy = readProxy(variables, "HTTPS_PROXY");
	const proxies = [httpProxy, httpsProxy].filter((proxy) => proxy !== undefined);
	return {
		...(token !== undefined && { token }),
		...(proxies.length > 0 && {
			proxy: {
				...(httpProxy && { httpProxy: httpProxy.href }),
				...(httpsProxy && { httpsProxy: httpsProxy.href }),
				noProxy: lookUp(variables, "NO_PROXY")?.value ?? "",
			},
		}),
		secrets: [token, ...proxies.flatMap(({ password }) => [password, decodeURIComponent(password)])].filter(
			(secret) => secret !== undefined && secret !== "",
		) as readonly string[],
	};
}

function readToken(variables: Variables): string | undefined {
	const token = variables.HF_TOKEN?.trim();
	if (token === undefined || token === "") return undefined;
	if (/^[\x21-\x7e]+$/.test(token)) return token;
	throw new InvalidRequestError("HF_TOKEN holds characters that no token has.", {
		path: "HF_TOKEN",
		hint: "A token is one word of letters and digits, such as hf_… from https://huggingface.co/settings/tokens.",
	});
}

function readProxy(variables: Variables, name: "HTTP_PROXY" | "HTTPS_PROXY"): URL | undefined {
	const found = lookUp(variables, name);
	if (found === undefined) return undefined;
	const hint = `Set ${found.name} to an address such as http://proxy.example:8080, or unset it.`;
	const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(found.value) ? found.value : `http://${found.value}`;
	const url = URL.parse(address);
	// The value may hold a password: it is not repeated.
	if (url === null || url.hostname === "" || !isDecodable(url.password)) {
		throw new InvalidRequestError(`${found.name} is no address of a proxy.`, { path: found.name, hint });
	}
	if (url.protocol !== "http:" && url.protocol !== "https:") {
		throw new InvalidRequestError(`${found.name} names a proxy of the kind ${url.protocol}//, and only http:// and https:// are known.`, {
			path: found.name,
			hint,
		});
	}
	return url;
}

function isDecodable(text: string): boolean {
	try {
		decodeURIComponent(text);
		return true;
	} catch {
		return false;
	}
}

/** A variable in lower case, else in upper case; an empty one counts as not set. */
function lookUp(variables: Variables, name: string): { readonly name: string; readonly value: string } | undefined {
	for (const written of [name.toLowerCase(), name]) {
		const value = variables[written]?.trim();
		if (value !== undefined && value !== "") return { name: written, value };
	}
	return undefined;
}
