/**
 * What a chat with a Space of a present Gradio does not need as long as all goes well. The browser's build loads it when it is needed; elsewhere, where files are at
 * hand and a page's size is no matter, it is there from the start (`browser` in package.json).
 */
export interface PartList {
	readonly askOn: () => Promise<typeof import("../transport/ask-on.ts")>;
	readonly bindEndpoint: () => Promise<typeof import("../handshake/bind-endpoint.ts")>;
	readonly callJob: () => Promise<typeof import("../transport/call-job.ts")>;
	readonly endRemoteJob: () => Promise<typeof import("../transport/end-remote-job.ts")>;
	readonly hubPause: () => Promise<typeof import("../locate/hub-pause.ts")>;
	readonly hubStages: () => Promise<typeof import("../locate/hub-stages.ts")>;
	readonly introspection: () => Promise<typeof import("../introspect/introspection.ts")>;
	readonly logIn: () => Promise<typeof import("../login/log-in.ts")>;
	readonly reachDownSpace: () => Promise<typeof import("../handshake/reach-down-space.ts")>;
	readonly runJob: () => Promise<typeof import("../transport/run-job.ts")>;
	readonly session: () => Promise<typeof import("../session/create-session.ts")>;
	readonly sseJob: () => Promise<typeof import("../transport/sse-job.ts")>;
	readonly toSpaceportError: () => Promise<typeof import("../to-spaceport-error.ts")>;
	readonly wakeSpace: () => Promise<typeof import("../locate/wake-space.ts")>;
	readonly webSocketJob: () => Promise<typeof import("../transport/web-socket-job.ts")>;
	readonly confirmApp: () => Promise<typeof import("../handshake/confirm-app.ts")>;
	readonly probeSpace: () => Promise<typeof import("../provider/probe-space.ts")>;
	readonly runSteps: () => Promise<typeof import("../provider/run-steps.ts")>;
	readonly warnAboutSettings: () => Promise<typeof import("../provider/warn-about-settings.ts")>;
	readonly contract: () => Promise<typeof import("../introspect/contract.ts")>;
	readonly chatTurn: () => Promise<typeof import("../chat/chat-turn.ts")>;
	readonly fileDesk: () => Promise<typeof import("../files/file-desk.ts")>;
	readonly loadTools: () => Promise<typeof import("../provider/tools.ts")>;
	/** What {@link loadTools} gives, where it is there from the start. */
	readonly tools: typeof import("../provider/tools.ts") | undefined;
}
