import { main } from "./bootstrap.mjs";

/** `node scripts/run.mjs COMMAND [arguments]`: installs what is missing and runs scripts/commands/COMMAND.ts; `serve --dev` is for development. */
const [command = "", ...args] = process.argv.slice(2);
const dev = command === "serve" && args.includes("--dev");
const environments = {
  serve: dev ? { NODE_ENV: "development", SEKISHO_DEV: "1" } : { NODE_ENV: "production", SEKISHO_DEV: "" },
  work: { NODE_ENV: "production" },
};

await main(`commands/${command}.ts`, { args: args.filter((argument) => !(dev && argument === "--dev")), env: environments[command] ?? {} });
