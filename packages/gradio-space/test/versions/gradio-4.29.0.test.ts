import { testVersion } from "./matrix.ts";

await testVersion("4.29.0");
