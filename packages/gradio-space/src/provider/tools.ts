// What `toData` and `fromData` may use, and for most chats do not; and what reads differences other than a text that grew.
export { compileHistory } from "@spaceport/core";
export { applyDiff } from "../decode/apply-diff.ts";
export { lastFiles, partFile } from "../files/part-file.ts";
export { readFiles } from "../files/read-files.ts";
