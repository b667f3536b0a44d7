import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage, envExample } from "../machine/configuration.ts";
import { root } from "../machine/place.ts";

/** `npm run configuration`: writes docs/configuration.md and .env.example after the schema of the environment has changed. */
writeFileSync(join(root, "docs", "configuration.md"), configurationPage());
writeFileSync(join(root, ".env.example"), envExample());
