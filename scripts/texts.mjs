import { main } from "./bootstrap.mjs";

await main("texts.ts");
