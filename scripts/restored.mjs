import { main } from "./bootstrap.mjs";

await main("restored.ts");
