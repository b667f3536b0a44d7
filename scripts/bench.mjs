import { main } from "./bootstrap.mjs";

await main("bench.ts");
