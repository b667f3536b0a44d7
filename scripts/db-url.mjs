import { main } from "./bootstrap.mjs";

await main("db-url.ts");
