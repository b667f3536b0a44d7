import { main } from "./bootstrap.mjs";

await main("mutants.ts");
