import { testVersion } from "./matrix.ts";

await testVersion("6.31.0");
