import { testVersion } from "./matrix.ts";

await testVersion("5.0.2");
