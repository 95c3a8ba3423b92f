import { type AsyncGeneratorProvider, isSpaceportError } from "@spaceport/core";
import type { BuildOptions } from "./build-spaceport.ts";
import { type BuiltInProvider, builtInProviders } from "./built-in.ts";
import { isProvider } from "./config/check-config.ts";
import type { ConfiguredProvider } from "./config/config.ts";
import { asConfigError, type ConfigFile, configError } from "./config/config-error.ts";
import { loadFactory } from "./config/load-factory.ts";
import { endpointPackage, isEndpoint, type NamedEndpoint, readEndpoint } from "./endpoint-provider.ts";
import { refuseOffline } from "./offline-refusal.ts";
import { takesToken } from "./takes-token.ts";

/** The providers of a Spaceport. */
export interface CreatedProviders {
	readonly providers: Readonly<Record<string, AsyncGeneratorProvider>>;
	/** The names of those that need the network where none is allowed. */
	readonly refused: ReadonlySet<string>;
}

/**
 * Makes the built-in providers, those of the configuration, and those of endpoints that are members of its chains.
 *
 * @param options - the configuration and the user's wishes
 * @param members - the names of who is a member of a chain
 * @throws InvalidRequestError that names the place in the configuration, or the variable of a key that is missing
 */
export async function createProviders(options: BuildOptions, members: ReadonlySet<string>): Promise<CreatedProviders> {
	const configured = options.loaded?.config.providers ?? {};
	const providers: Record<string, AsyncGeneratorProvider> = {};
	const refused = new Set<string>();
	for (const name of new Set([...Object.keys(builtInProviders), ...Object.keys(configured), ...[...members].filter(isEndpoint)])) {
		const { provider, network } = await createProvider(name, configured[name], options);
		if (options.offline && network) refused.add(name);
		providers[name] = refused.has(name) ? refuseOffline(name, provider) : provider;
	}
	return { providers, refused };
}

interface CreatedProvider {
	readonly provider: AsyncGeneratorProvider;
	readonly network: boolean;
}

async function createProvider(
	name: string,
	configured: ConfiguredProvider | AsyncGeneratorProvider | undefined,
	{ loaded, environment, offline }: BuildOptions,
): Promise<CreatedProvider> {
	if (isProvider(configured)) return { provider: configured, network: true };
	const { use, options = {}, network } = configured ?? {};
	const file = loaded?.file;
	const path = `providers.${name}`;
	const builtIn = use === undefined ? builtInProviders[name] : Object.values(builtInProviders).find((one) => one.use === use);
	const endpoint = endpointOf(name, use, builtIn, options, environment);
	if (endpoint !== undefined && offline && (network ?? endpoint.network)) {
		// Nobody needs a key for what is not asked.
		return { provider: refuseOffline(name, endpoint), network: true };
	}
	if (use === undefined && builtIn === undefined && endpoint === undefined) {
		throw configError(file as ConfigFile, `${path}.use`, "is missing.", {
			hint: `Name the package or file whose default export makes the provider; only ${Object.keys(builtInProviders).join(", ")} and the endpoints that are known have one already.`,
		});
	}
	const factory =
		endpoint !== undefined
			? endpoint.create
			: use === undefined
				? await (builtIn as BuiltInProvider).load()
				: await loadFactory(use, file as ConfigFile, `${path}.use`);
	const filled = {
		...(environment.token !== undefined && takesToken(options) && { token: environment.token }),
		...options,
		...(offline && builtIn?.network === false && { offline: true }),
	};
	let provider: AsyncGeneratorProvider;
	try {
		provider = await factory(filled);
	} catch (error) {
		if (file === undefined || configured === undefined) throw error;
		if (use === undefined || isSpaceportError(error)) throw asConfigError(file, `${path}.options`, error);
		const why = error instanceof Error ? error.message : String(error);
		throw configError(file, `${path}.use`, `names "${use}", whose factory failed: ${why}`, { cause: error });
	}
	if (isProvider(provider) || file === undefined) return { provider, network: network ?? builtIn?.network ?? endpoint?.network ?? true };
	throw configError(file, `${path}.use`, `names "${use}", whose factory made no provider.`);
}

/** The endpoint that a provider is to be, where it is one: by its name alone, or by the package of endpoints. */
function endpointOf(
	name: string,
	use: string | undefined,
	builtIn: BuiltInProvider | undefined,
	options: Readonly<Record<string, unknown>>,
	environment: BuildOptions["environment"],
): NamedEndpoint | undefined {
	const isNamed = use === undefined && builtIn === undefined && isEndpoint(name);
	if (!isNamed && use !== endpointPackage) return undefined;
	// A server of the user's own may have the name of an endpoint.
	const byName = isNamed || (options.baseUrl === undefined && isEndpoint(name)) ? name : undefined;
	return readEndpoint(name, options.endpoint ?? byName, options, environment);
}
