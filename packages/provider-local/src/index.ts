export { createLocal, createLocal as default, type LocalProvider, local } from "./create-local.ts";
export { type DownloadableModel, type HubSource, type ModelSource, type PypiSource, smolLm2 } from "./downloadable-model.ts";
export type { LocalOptions } from "./options.ts";
