import type { PartList } from "./part-list.ts";

/** Each part is loaded when it is first needed: bundlers make files of their own of them. */
export const parts: PartList = {
	askOn: () => import("../transport/ask-on.ts"),
	bindEndpoint: () => import("../handshake/bind-endpoint.ts"),
	callJob: () => import("../transport/call-job.ts"),
	endRemoteJob: () => import("../transport/end-remote-job.ts"),
	hubPause: () => import("../locate/hub-pause.ts"),
	hubStages: () => import("../locate/hub-stages.ts"),
	introspection: () => import("../introspect/introspection.ts"),
	logIn: () => import("../login/log-in.ts"),
	reachDownSpace: () => import("../handshake/reach-down-space.ts"),
	runJob: () => import("../transport/run-job.ts"),
	session: () => import("../session/create-session.ts"),
	sseJob: () => import("../transport/sse-job.ts"),
	toSpaceportError: () => import("../to-spaceport-error.ts"),
	wakeSpace: () => import("../locate/wake-space.ts"),
	webSocketJob: () => import("../transport/web-socket-job.ts"),
	confirmApp: () => import("../handshake/confirm-app.ts"),
	probeSpace: () => import("../provider/probe-space.ts"),
	runSteps: () => import("../provider/run-steps.ts"),
	warnAboutSettings: () => import("../provider/warn-about-settings.ts"),
	contract: () => import("../introspect/contract.ts"),
	chatTurn: () => import("../chat/chat-turn.ts"),
	fileDesk: () => import("../files/file-desk.ts"),
	loadTools: () => import("../provider/tools.ts"),
	tools: undefined,
};
