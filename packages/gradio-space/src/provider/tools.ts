// What `toData` and `fromData` may use, and for most chats do not.
export { compileHistory } from "@spaceport/core";
export { lastFiles, partFile } from "../files/part-file.ts";
export { readFiles } from "../files/read-files.ts";
