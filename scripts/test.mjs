import { main } from "./bootstrap.mjs";

await main("test.ts");
