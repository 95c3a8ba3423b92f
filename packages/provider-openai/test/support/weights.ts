import { join } from "node:path";

import { cacheFolder } from "../../../provider-local/src/cache-folder.ts";
import { smolLm2 } from "../../../provider-local/src/downloadable-model.ts";

/** Where the weights of the small model are, or would be. */
export const weights: string = join(cacheFolder(), smolLm2.fileName);
