import { InvalidRequestError } from "@spaceport/core";
import { endpoints } from "@spaceport/provider-openai";

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
	/**
	 * The value of a variable that an endpoint's key is in, such as `GROQ_API_KEY`.
	 *
	 * @param name - the variable
	 * @throws InvalidRequestError that names the variable, and not its value, where it holds what no key can be
	 */
	readonly key: (name: string) => string | undefined;
	/** Absent where no proxy is named. */
	readonly proxy?: ProxySettings;
	/** Values that must not be shown. */
	readonly secrets: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables that the keys of endpoints are in. */
const keyVariables: readonly string[] = Object.values(endpoints).flatMap(({ key }) => key.variable ?? []);

/**
 * Reads `HF_TOKEN`, the variables of the endpoints' keys, `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; the proxy variables in lower case come first, as curl has it.
 *
 * @param variables - the process's environment
 * @throws InvalidRequestError that names the variable, and not its value
 */
export function readEnvironment(variables: Variables): Environment {
	const token = readKey(
		variables,
		"HF_TOKEN",
		"A token is one word of letters and digits, such as hf_… from https://huggingface.co/settings/tokens.",
	);
	const httpProxy = readProxy(variables, "HTTP_PROXY");
	const httpsProxy = readProxy(variables, "HTTPS_PROXY");
	const proxies = [httpProxy, httpsProxy].filter((proxy) => proxy !== undefined);
	return {
		...(token !== undefined && { token }),
		key: (name) => readKey(variables, name, "A key is one word, such as its owner's page shows it."),
		...(proxies.length > 0 && {
			proxy: {
				...(httpProxy && { httpProxy: httpProxy.href }),
				...(httpsProxy && { httpsProxy: httpsProxy.href }),
				noProxy: lookUp(variables, "NO_PROXY")?.value ?? "",
			},
		}),
		// Also one that cannot be a key: it may be one with something before or after it.
		secrets: [
			token,
			...keyVariables.map((name) => variables[name]?.trim()),
			...proxies.flatMap(({ password }) => [password, decodeURIComponent(password)]),
		].filter((secret) => secret !== undefined && secret !== "") as readonly string[],
	};
}

function readKey(variables: Variables, name: string, hint: string): string | undefined {
	const value = variables[name]?.trim();
	if (value === undefined || value === "") return undefined;
	if (/^[\x21-\x7e]+$/.test(value)) return value;
	throw new InvalidRequestError(`${name} holds characters that no ${name === "HF_TOKEN" ? "token" : "key"} has.`, { path: name, hint });
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
