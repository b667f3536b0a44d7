import { main } from "./bootstrap.mjs";

await main("admin.ts");
