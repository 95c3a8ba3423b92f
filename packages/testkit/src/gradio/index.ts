// Values.

// Types.
export type { GradioAvailability } from "./availability.ts";
export { gradioAvailability, gradioRequirement } from "./availability.ts";
export { chatbotAnswer } from "./chatbot-answer.ts";
export type { GradioEnvironment } from "./environment.ts";
export { isGradioEnvironmentReady, locateGradioEnvironment, prepareGradioEnvironment } from "./environment.ts";
export { gradioDiffs, gradioVersionsWithDiffs } from "./gradio-diffs.ts";
export type { PlainComponent, PlainConfig, PlainDependency, PlainJoin, PlainMessage } from "./plain-client.ts";
export { PlainClient } from "./plain-client.ts";
export type { Recording } from "./recording.ts";
export { readRecordedConfig, readRecording, recordingNames } from "./recording.ts";
export type { GradioServer, GradioServerOptions } from "./server.ts";
export { startGradioServer } from "./server.ts";
export type { TwinLogEntry, WaitForLogOptions } from "./twin-log.ts";
export type { GradioVersion } from "./versions.ts";
export { currentGradioVersions, gradioVersions, isGradioVersion } from "./versions.ts";
export type { GradioVersionsUnderTest } from "./versions-under-test.ts";
export { gradioVersionsUnderTest } from "./versions-under-test.ts";
