import { testVersion } from "./matrix.ts";

await testVersion("4.19.2");
