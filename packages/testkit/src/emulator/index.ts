export type { ChatForm } from "./chat-forms.ts";
export type { ComponentLike, ComponentType, EmulatedComponent } from "./component.ts";
export { defaultFunctions } from "./default-functions.ts";
export type { CallContext, EmulatedFunction, OutputValues } from "./emulated-function.ts";
export { GradioError } from "./emulated-function.ts";
export type {
	BodyPoint,
	CutFault,
	DuplicateFault,
	Fault,
	FaultPoint,
	GarbageFault,
	HtmlPageFault,
	MessagePoint,
	RedirectFault,
	ReorderFault,
	RequestPoint,
	SilentFault,
	SlowFault,
	StatusFault,
	UnknownMessageFault,
} from "./fault.ts";
export type { FileOptions } from "./file-forms.ts";
export { GrowingText } from "./growing-text.ts";
export type { QueueOptions } from "./job-queue.ts";
export type { EmulatorStats, JobState, SeenJob, SeenRequest } from "./ledger.ts";
export type { EmulatedAuth } from "./login.ts";
export type { RestartOptions, SpaceEmulator, SpaceEmulatorOptions } from "./space-emulator.ts";
export { startSpaceEmulator } from "./space-emulator.ts";
