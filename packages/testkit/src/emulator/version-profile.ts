import type { GradioVersion } from "../gradio/versions.ts";

/** The queue protocol that `/config` names; 3.50 names none. */
export type EmulatedProtocol = "websocket" | "sse" | "sse_v1" | "sse_v2" | "sse_v2.1" | "sse_v3";

/** What one version of Gradio does differently from the others on the wire. All of it was read in its source and seen on a real server. */
export interface VersionProfile {
	readonly version: GradioVersion;
	readonly protocol: EmulatedProtocol;
	/** What stands before all paths but `/config`, `/login` and `/`. */
	readonly prefix: "" | "/gradio_api";
	/** How messages of the queue are written as JSON: Python's `json.dumps` escapes what is not ASCII, orjson does not. */
	readonly json: "compact-ascii" | "spaced-ascii" | "utf8";
	/** Whether messages name the event that they are about. */
	readonly eventIds: boolean;
	/** Whether values after the first are sent as edits of the one before. */
	readonly diffs: boolean;
	/** Where a list shrinks: positions before all deletes of the edit, or each after those before it. */
	readonly deletes: "before" | "after";
	/** Whether gr.JSON values are compared as a whole. */
	readonly opaqueJson: boolean;
	/** What `is_generating` says in the `process_completed` of a generator. */
	readonly generatingAtEnd: boolean;
	/** `close_stream` before the end of the stream, with `event_id: null` or without. */
	readonly closeStream: "absent" | "bare" | "with-event-id";
	/** Whether `heartbeat` and `unexpected_error` have `event_id: null`. */
	readonly nullEventIds: boolean;
	/** How often the stream carries `heartbeat`. */
	readonly heartbeats: "none" | "once" | "repeated";
	/** Whether `gr.Info` reaches the client only when it is said before the first step. */
	readonly logsFirstStepOnly: boolean;
	/** Whether `gr.Error` comes as the text's repr. */
	readonly quotedErrors: boolean;
	/** Whether a plain exception in the middle comes as the string "None". */
	readonly saysNone: boolean;
	/** Whether logs and errors have `duration` and `visible`. */
	readonly durations: boolean;
	/** Whether logs, errors and `process_completed` have `title`. */
	readonly titles: boolean;
	/** Whether `process_generating` has `time_limit`. */
	readonly timeLimit: boolean;
	/** Whether outputs have `render_config` and `changed_state_ids`. */
	readonly renderConfig: boolean;
	/** Whether `used_cache` and its company exist. */
	readonly usedCache: boolean;
	/** Whether dependencies have an `id`. */
	readonly dependencyIds: boolean;
	readonly hasCall: boolean;
	/** What the stream of `/call` says of an error: nothing, or the error's own fields. */
	readonly callErrors: "null" | "output";
	readonly hasHeartbeatRoute: boolean;
	/**
	 * What `/cancel` does to a generator: its `finally` runs, or it stays as it is. `closes` does so from the first value on; before it, the generator stays as it
	 * is. It takes a job out of the queue, or leaves it there.
	 */
	readonly cancel: "absent" | "suspends" | "closes" | "closes-and-unqueues";
	/** What `/reset` does: starts the generator again, ends the stream, silences the stream, or nothing. */
	readonly reset: "restarts" | "ends-stream" | "silences" | "nothing";
	/** What the loss of a client does to its job. */
	readonly dropped: "runs-on" | "closes";
	/** Whether another GET goes on with the messages of a session whose stream was dropped. */
	readonly resumable: boolean;
	/** The refusal of a join without a session. */
	readonly missingSession: string;
	/** What `unexpected_error` says of a session that the server does not know. */
	readonly unknownSession: "4.16" | "4.21" | "4.44" | "5.50";
	/** Whether the name of a chatbot's form stands in its props. */
	readonly chatbotTypeProp: boolean;
	/** Whether an internal error shows a traceback. */
	readonly tracebacks: boolean;
	/** How messages of a chatbot look where it has them. */
	readonly chatMessages: "absent" | "titled" | "plain" | "parts";
	/** How a file is told among outputs: by `name`, by `path` with a `url` of null, or by `path` and `url`. */
	readonly fileForm: "name" | "path" | "url";
	/** Whether a file among outputs says that it is one (`meta`). */
	readonly tellsFileMeta: boolean;
	/** Whether a file among inputs has to say that it is one (`meta`); an Image never asks. */
	readonly fileMeta: "ignored" | "required";
	/** Whether the path in a file's address is percent-encoded. */
	readonly encodedFileUrls: boolean;
	/** What names of files keep: letters, digits, blanks and `._-`, or these and commas, or all that is not dangerous. */
	readonly fileNames: "plain" | "commas" | "all";
	/** How a file is refused that is not there, below the folder of the app's files. */
	readonly missingFile: 403 | 404;
	/** What `/file=` answers where it is asked for an address of the web. */
	readonly webAddress: 302 | 403 | 404;
	readonly fileDisposition: boolean;
	/** Whether the app may set a limit to the size of uploads. */
	readonly limitsUploads: boolean;
	/** `/upload_progress`: ends at once where there is no such upload, or waits for it for 3 s, or does so and asks for the login. */
	readonly uploadProgress: "absent" | "at-once" | "waits" | "with-login";
	/** `/logout`: takes the cookies away, too, or does not. */
	readonly logout: "absent" | "keeps-cookies" | "takes-cookies";
	/** Whether `/info` tells the names and defaults of parameters. */
	readonly parameterNames: boolean;
	/** What `/info` says of who is told of an endpoint. */
	readonly infoVisibility: "absent" | "show_api" | "api_visibility";
	readonly infoDescription: boolean;
}

const websocket: VersionProfile = {
	version: "3.50.2",
	protocol: "websocket",
	prefix: "",
	json: "compact-ascii",
	eventIds: false,
	diffs: false,
	deletes: "before",
	opaqueJson: false,
	generatingAtEnd: true,
	closeStream: "absent",
	nullEventIds: false,
	heartbeats: "none",
	logsFirstStepOnly: true,
	quotedErrors: true,
	saysNone: true,
	durations: false,
	titles: false,
	timeLimit: false,
	renderConfig: false,
	usedCache: false,
	dependencyIds: false,
	hasCall: false,
	callErrors: "null",
	hasHeartbeatRoute: false,
	cancel: "absent",
	reset: "restarts",
	dropped: "closes",
	resumable: false,
	missingSession: "No session hash provided.",
	unknownSession: "4.16",
	chatbotTypeProp: false,
	tracebacks: false,
	chatMessages: "absent",
	fileForm: "name",
	tellsFileMeta: false,
	fileMeta: "ignored",
	encodedFileUrls: false,
	fileNames: "plain",
	missingFile: 404,
	webAddress: 404,
	fileDisposition: false,
	limitsUploads: false,
	uploadProgress: "absent",
	logout: "absent",
	parameterNames: false,
	infoVisibility: "absent",
	infoDescription: false,
};
const sse: VersionProfile = {
	...websocket,
	version: "4.0.2",
	protocol: "sse",
	json: "spaced-ascii",
	heartbeats: "once",
	reset: "ends-stream",
	dropped: "runs-on",
	fileForm: "path",
	webAddress: 403,
};
const sseV1: VersionProfile = {
	...sse,
	version: "4.16.0",
	protocol: "sse_v1",
	eventIds: true,
	heartbeats: "repeated",
	logsFirstStepOnly: false,
	reset: "silences",
	dropped: "closes",
	uploadProgress: "at-once",
	webAddress: 302,
};
const sseV2: VersionProfile = {
	...sseV1,
	version: "4.19.2",
	protocol: "sse_v2",
	diffs: true,
	fileForm: "url",
	generatingAtEnd: false,
	dropped: "runs-on",
	resumable: true,
};
const sseV21: VersionProfile = {
	...sseV2,
	version: "4.21.0",
	protocol: "sse_v2.1",
	hasCall: true,
	missingSession: "Session hash not found.",
	unknownSession: "4.21",
	logout: "keeps-cookies",
	tellsFileMeta: true,
};
const sseV3: VersionProfile = {
	...sseV21,
	version: "4.29.0",
	protocol: "sse_v3",
	json: "utf8",
	closeStream: "bare",
	saysNone: false,
	hasHeartbeatRoute: true,
	dropped: "closes",
	resumable: false,
	logout: "takes-cookies",
	limitsUploads: true,
	parameterNames: true,
};
const withCancel: VersionProfile = {
	...sseV3,
	version: "4.44.1",
	opaqueJson: true,
	closeStream: "with-event-id",
	nullEventIds: true,
	durations: true,
	renderConfig: true,
	dependencyIds: true,
	cancel: "suspends",
	reset: "nothing",
	unknownSession: "4.44",
	chatbotTypeProp: true,
	chatMessages: "titled",
	fileDisposition: true,
	infoVisibility: "show_api",
};
const withPrefix: VersionProfile = {
	...withCancel,
	version: "5.0.2",
	prefix: "/gradio_api",
	timeLimit: true,
	tracebacks: true,
	missingFile: 403,
};
const lastTuples: VersionProfile = {
	...withPrefix,
	version: "5.50.0",
	deletes: "after",
	quotedErrors: false,
	titles: true,
	cancel: "closes",
	unknownSession: "5.50",
	chatMessages: "plain",
	fileMeta: "required",
	fileNames: "commas",
	uploadProgress: "waits",
	infoDescription: true,
};
const messagesOnly: VersionProfile = {
	...lastTuples,
	version: "6.31.0",
	usedCache: true,
	callErrors: "output",
	cancel: "closes-and-unqueues",
	chatbotTypeProp: false,
	tracebacks: false,
	chatMessages: "parts",
	encodedFileUrls: true,
	fileNames: "all",
	webAddress: 403,
	uploadProgress: "with-login",
	infoVisibility: "api_visibility",
};

/** Each pinned version, the older ones as the ground of the newer ones. */
export const versionProfiles: Readonly<Record<GradioVersion, VersionProfile>> = {
	"3.50.2": websocket,
	"4.0.2": sse,
	"4.16.0": sseV1,
	"4.19.2": sseV2,
	"4.21.0": sseV21,
	"4.29.0": sseV3,
	"4.44.1": withCancel,
	"5.0.2": withPrefix,
	"5.50.0": lastTuples,
	"6.31.0": messagesOnly,
};
