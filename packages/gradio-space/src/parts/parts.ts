import * as chatTurn from "../chat/chat-turn.ts";
import * as fileDesk from "../files/file-desk.ts";
import * as bindEndpoint from "../handshake/bind-endpoint.ts";
import * as confirmApp from "../handshake/confirm-app.ts";
import * as reachDownSpace from "../handshake/reach-down-space.ts";
import * as contract from "../introspect/contract.ts";
import * as introspection from "../introspect/introspection.ts";
import * as hubPause from "../locate/hub-pause.ts";
import * as hubStages from "../locate/hub-stages.ts";
import * as wakeSpace from "../locate/wake-space.ts";
import * as logIn from "../login/log-in.ts";
import * as probeSpace from "../provider/probe-space.ts";
import * as runSteps from "../provider/run-steps.ts";
import * as tools from "../provider/tools.ts";
import * as warnAboutSettings from "../provider/warn-about-settings.ts";
import * as session from "../session/create-session.ts";
import * as toSpaceportError from "../to-spaceport-error.ts";
import * as askOn from "../transport/ask-on.ts";
import * as callJob from "../transport/call-job.ts";
import * as endRemoteJob from "../transport/end-remote-job.ts";
import * as runJob from "../transport/run-job.ts";
import * as sseJob from "../transport/sse-job.ts";
import * as webSocketJob from "../transport/web-socket-job.ts";
import type { PartList } from "./part-list.ts";

/** All parts are here already. */
export const parts: PartList = {
	askOn: async () => askOn,
	bindEndpoint: async () => bindEndpoint,
	callJob: async () => callJob,
	endRemoteJob: async () => endRemoteJob,
	hubPause: async () => hubPause,
	hubStages: async () => hubStages,
	introspection: async () => introspection,
	logIn: async () => logIn,
	reachDownSpace: async () => reachDownSpace,
	runJob: async () => runJob,
	session: async () => session,
	sseJob: async () => sseJob,
	toSpaceportError: async () => toSpaceportError,
	wakeSpace: async () => wakeSpace,
	webSocketJob: async () => webSocketJob,
	confirmApp: async () => confirmApp,
	probeSpace: async () => probeSpace,
	runSteps: async () => runSteps,
	warnAboutSettings: async () => warnAboutSettings,
	contract: async () => contract,
	chatTurn: async () => chatTurn,
	fileDesk: async () => fileDesk,
	loadTools: async () => tools,
	tools,
};
