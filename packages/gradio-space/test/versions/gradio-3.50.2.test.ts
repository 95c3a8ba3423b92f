import { testVersion } from "./matrix.ts";

await testVersion("3.50.2");
