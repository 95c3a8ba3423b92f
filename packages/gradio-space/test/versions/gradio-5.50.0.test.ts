import { testVersion } from "./matrix.ts";

await testVersion("5.50.0");
