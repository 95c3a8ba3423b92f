import { loadPart } from "@spaceport/core";

import { createCaller, type Space, type SpaceCaller, type SpaceSession } from "./create-space.ts";
import { readFiles } from "./files/read-files.ts";
import { bindEndpoint } from "./handshake/bind-endpoint.ts";
import type { EndpointInfo } from "./introspect/endpoint-info.ts";
import { parts } from "./parts/parts.ts";
import type { Session } from "./session/create-session.ts";
import type { CreateSpaceOptions } from "./space-options.ts";

/**
 * Makes the handle of a Space. It does no I/O.
 *
 * @param idOrUrl - `owner/name`, the URL of its page at the hub, or the URL of a Gradio server
 * @param options - token, fetch, headers, limits
 * @throws InvalidRequestError where the Space, the hub's address, the token, a header, a limit or the protocol is not well-formed
 *
 * @example
 * ```ts
 * import { createSpace } from "@spaceport/gradio-space";
 *
 * const space = createSpace("http://127.0.0.1:7860");
 * for await (const event of space.submit("/model_chat", ["Hello", [], ""])) {
 *   if (event.type === "value") console.log(event.data);
 * }
 * ```
 */
export function createSpace(idOrUrl: string, options: CreateSpaceOptions = {}): Space {
	return surround(createCaller(idOrUrl, options));
}

/**
 * Everything else that can be done with a Space.
 *
 * @param caller - calls its functions
 */
export function surround(caller: SpaceCaller): Space {
	const { withConfig, introspect, changed, locator } = caller;

	return {
		get url() {
			return caller.url;
		},
		connect: (callerSignal) => withConfig(callerSignal, async (config) => config),
		endpoints: (callerSignal, limits) =>
			withConfig(callerSignal, async (config, wait) => (await introspect(wait.signal)).endpoints(config, wait), limits),
		contract: (api, callerSignal) =>
			withConfig(callerSignal, async (config, wait) => {
				const { contractOf } = await loadPart("contracts", parts.contract, wait.signal);
				// However it is called: what it takes is the same.
				const bound = bindEndpoint(config, api, undefined, "run");
				if ("kind" in bound) throw changed(bound);
				const endpoints = await (await introspect(wait.signal)).endpoints(config, wait);
				return contractOf(endpoints.find(({ fnIndex }) => fnIndex === bound.fnIndex) as EndpointInfo);
			}),
		async stage(signal) {
			return (await locator.stage({ signal, connectMs: caller.connectMs }))?.stage;
		},
		submit: (api, data, submitOptions) => caller.submit(api, data, submitOptions),
		async upload(source, uploadOptions = {}) {
			try {
				return await (await caller.desk(uploadOptions.signal)).upload(source, uploadOptions);
			} finally {
				// A stream that was never read is given back.
				if (source instanceof ReadableStream && !source.locked) source.cancel().catch(() => {});
			}
		},
		download: async (file, downloadOptions = {}) => (await caller.desk(downloadOptions.signal)).download(file, downloadOptions),
		files: (value) => readFiles(value, caller.place()),
		signedUrl: async (file, signal) => (await caller.desk(signal)).signedUrl(file, signal),
		session: () => beginSession(caller),
	};
}

/**
 * Begins a session: `Space.session` says more.
 *
 * @param caller - of the Space
 */
export function beginSession({ submit, createId, toError }: SpaceCaller): SpaceSession {
	let session: Session | undefined;
	const open = async (signal: AbortSignal): Promise<Session> => {
		const { createSession } = await loadPart("sessions", parts.session, signal);
		session ??= createSession({ hash: createId(), toError });
		return session;
	};
	return { submit: (api, data, submitOptions) => submit(api, data, submitOptions, open) };
}
