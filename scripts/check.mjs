import { main } from "./bootstrap.mjs";

await main("check.ts");
