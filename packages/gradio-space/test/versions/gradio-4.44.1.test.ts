import { testVersion } from "./matrix.ts";

await testVersion("4.44.1");
