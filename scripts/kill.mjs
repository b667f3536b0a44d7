import { main } from "./bootstrap.mjs";

await main("kill.ts");
