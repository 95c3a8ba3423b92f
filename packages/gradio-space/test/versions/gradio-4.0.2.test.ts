import { testVersion } from "./matrix.ts";

await testVersion("4.0.2");
