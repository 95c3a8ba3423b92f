import { testVersion } from "./matrix.ts";

await testVersion("4.21.0");
