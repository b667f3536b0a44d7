import { defineConfig } from "prisma/config";

/** Only `prisma generate`, `validate` and `format` read this; migrations go through lib/db/migrate.ts. */
export default defineConfig({ schema: "prisma/schema" });
