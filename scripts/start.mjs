import { main } from "./bootstrap.mjs";

const dev = process.argv.includes("--dev");
await main("serve.ts", { env: dev ? { NODE_ENV: "development", SEKISHO_DEV: "1" } : { NODE_ENV: "production", SEKISHO_DEV: "" } });
