import { main } from "./bootstrap.mjs";

await main("migrate.ts");
