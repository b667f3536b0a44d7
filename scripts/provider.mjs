import { main } from "./bootstrap.mjs";

await main("provider.ts");
