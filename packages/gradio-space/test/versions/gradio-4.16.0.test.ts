import { testVersion } from "./matrix.ts";

await testVersion("4.16.0");
