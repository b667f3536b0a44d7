import { main } from "./bootstrap.mjs";

await main("work.ts", { env: { NODE_ENV: "production" } });
