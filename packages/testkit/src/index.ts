export { type ConformanceCase, type ConformanceSubject, providerConformance } from "./conformance.ts";
export { providerRequirement } from "./provider-requirement.ts";
export { isRequired, type RequiredPart, type Requirement, requirement } from "./require.ts";
export { currentRuntime, type RuntimeName, type TestRuntime } from "./runtime.ts";
export {
	createScriptedProvider,
	type EmbedScript,
	type EmbedStep,
	type Script,
	type ScriptedCall,
	type ScriptedProvider,
	type ScriptedProviderOptions,
	type ScriptStep,
} from "./scripted-provider.ts";
