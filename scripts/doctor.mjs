import { main } from "./bootstrap.mjs";

await main("doctor.ts");
